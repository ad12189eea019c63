import type { HysteresisState } from "../policy/policy.ts";
import { QmtlError } from "../schema/error.ts";
import { type ApplyState, evolve, NO_APPLY } from "./apply.ts";
import type { DowngradeReason } from "./downgrade.ts";
import { type EdgeOverride, evolveEdges } from "./edge.ts";
import type {
  AcceptedRecord,
  AllocatedRecord,
  ConfiguredRecord,
  DecisionEnvelope,
  EvaluationRecord,
  ExecutedRecord,
  JournalEntry,
  RealisedRecord,
  RebalancedRecord,
  TrialRecord,
} from "./record.ts";

/** The newest accepted version of a strategy: the one that competes. */
export interface Candidate extends Pick<AcceptedRecord, "strategy" | "version" | "evalKey" | "requested"> {
  /** Of its record. */
  readonly revision: number;
}

export interface LastDecision {
  /** Of its record; the envelope says at which head it was taken. */
  readonly revision: number;
  readonly at: number;
  readonly envelope: DecisionEnvelope;
  /** Who let it be applied, where that takes a person. */
  readonly approvedBy?: string;
}

/** Everything a world has become, folded from its journal. Plain data; never changed in place. */
export interface WorldState {
  readonly world: string;
  /** The head: of the last record folded; 0 for a world without one. */
  readonly revision: number;
  readonly configured?: Pick<ConfiguredRecord, "digest" | "at">;
  /** By EvalKey, in the order of the journal. */
  readonly trials: ReadonlyMap<string, TrialRecord>;
  /** By EvalKey. */
  readonly evaluations: ReadonlyMap<string, EvaluationRecord>;
  /** By strategy. */
  readonly candidates: ReadonlyMap<string, Candidate>;
  readonly decision?: LastDecision;
  readonly apply: ApplyState;
  /** What was last said of each edge across execution domains, by edge. */
  readonly edges: readonly EdgeOverride[];
  /** The newest snapshot of shares. */
  readonly allocated?: AllocatedRecord;
  /** Snapshots and orders by the name of their change. */
  readonly allocations: ReadonlyMap<string, AllocatedRecord>;
  readonly rebalances: ReadonlyMap<string, RebalancedRecord>;
  /** What accounts made of them, by their name. */
  readonly executions: ReadonlyMap<string, readonly ExecutedRecord[]>;
  /** How often each reason took something back, in decisions and outside. */
  readonly downgrades: ReadonlyMap<DowngradeReason, number>;
  /** By strategy: cached values of another world, domain or partition that were met, until it is evaluated anew. */
  readonly crossContext: ReadonlyMap<string, number>;
  /** By the runner's account, in the order of their periods. */
  readonly realised: ReadonlyMap<string, readonly RealisedRecord[]>;
}

export function emptyState(world: string): WorldState {
  return {
    world,
    revision: 0,
    trials: new Map(),
    evaluations: new Map(),
    candidates: new Map(),
    apply: NO_APPLY,
    edges: [],
    allocations: new Map(),
    rebalances: new Map(),
    executions: new Map(),
    downgrades: new Map(),
    crossContext: new Map(),
    realised: new Map(),
  };
}

/** The incumbents and their counters, as the last decision left them. */
export function hysteresisOf({ decision }: WorldState): Readonly<Record<string, HysteresisState>> {
  return decision?.envelope.hysteresis ?? {};
}

/**
 * The state after more of the journal. Folding in one go or piece by piece gives the same state.
 *
 * @throws `world.corrupt-journal` when a revision is missing or a record can't follow
 */
export function fold(state: WorldState, entries: readonly JournalEntry[]): WorldState {
  if (entries.length === 0) return state;
  const trials = new Map(state.trials);
  const evaluations = new Map(state.evaluations);
  const candidates = new Map(state.candidates);
  const downgrades = new Map(state.downgrades);
  const realised = new Map(state.realised);
  const grown = new Map<string, RealisedRecord[]>();
  const crossContext = new Map(state.crossContext);
  const allocations = new Map(state.allocations);
  const rebalances = new Map(state.rebalances);
  const executions = new Map(state.executions);
  let { revision, configured, decision, apply, edges, allocated } = state;
  const count = (reasons: readonly DowngradeReason[]): void => {
    for (const reason of reasons) downgrades.set(reason, (downgrades.get(reason) ?? 0) + 1);
  };
  for (const entry of entries) {
    if (entry.revision !== revision + 1)
      throw corrupt(state.world, `Record ${entry.revision} follows record ${revision}`);
    revision = entry.revision;
    const { record } = entry;
    switch (record.kind) {
      case "configured":
        configured = { digest: record.digest, at: record.at };
        break;
      case "trial":
        if (!trials.has(record.evalKey)) trials.set(record.evalKey, record);
        break;
      case "evaluation":
        if (!evaluations.has(record.evalKey)) evaluations.set(record.evalKey, record);
        break;
      case "accepted": {
        const { strategy, version, evalKey, requested } = record;
        if (!evaluations.has(evalKey))
          throw corrupt(
            state.world,
            `Record ${revision} accepts ${strategy} on an evaluation that is not in the journal`,
          );
        crossContext.set(strategy, evaluations.get(evalKey)?.crossContextHits ?? 0);
        candidates.set(strategy, {
          strategy,
          version,
          evalKey,
          revision,
          ...(requested !== undefined && { requested }),
        });
        break;
      }
      case "decision":
        decision = { revision, at: record.at, envelope: record.envelope };
        for (const version of record.envelope.versions) count(version.downgrades);
        break;
      case "approved":
        if (decision?.revision !== record.decision)
          throw corrupt(
            state.world,
            `Record ${revision} approves decision ${record.decision}, which is not the last one`,
          );
        decision = { ...decision, approvedBy: record.actor };
        break;
      case "ruled":
      case "edge-read":
        // The decision behind a word has taken it up, and a read changes nothing.
        break;
      case "downgrade":
        count(record.reasons);
        if (record.reasons.includes("cross_context_hit"))
          crossContext.set(record.strategy, (crossContext.get(record.strategy) ?? 0) + 1);
        break;
      case "realised": {
        const { account, period } = record;
        const all = grown.get(account) ?? [...(realised.get(account) ?? [])];
        if (!(period > (all.at(-1)?.period ?? Number.NEGATIVE_INFINITY)))
          throw corrupt(state.world, `Record ${revision} realises a period of ${account} that is realised already`);
        all.push(record);
        grown.set(account, all);
        realised.set(account, all);
        break;
      }
      case "edge":
        edges = evolveEdges(edges, record, revision);
        break;
      case "allocated":
        allocated = record;
        allocations.set(record.run, record);
        break;
      case "rebalanced":
        rebalances.set(record.run, record);
        break;
      case "executed": {
        const { run, strategy } = record;
        const before = executions.get(run) ?? [];
        if (!rebalances.has(run) || before.some((one) => one.strategy === strategy))
          throw corrupt(
            state.world,
            `Record ${revision} executes ${run} for ${strategy}, which was not asked for or is done`,
          );
        executions.set(run, [...before, record]);
        break;
      }
      default:
        apply = evolve(apply, record, revision);
    }
  }
  return {
    world: state.world,
    revision,
    ...(configured !== undefined && { configured }),
    trials,
    evaluations,
    candidates,
    ...(decision !== undefined && { decision }),
    apply,
    edges,
    ...(allocated !== undefined && { allocated }),
    allocations,
    rebalances,
    executions,
    downgrades,
    crossContext,
    realised,
  };
}

/** Above 0 nothing is applied. */
export function crossContextHits({ crossContext }: Pick<WorldState, "crossContext">): number {
  let hits = 0;
  for (const count of crossContext.values()) hits += count;
  return hits;
}

function corrupt(world: string, what: string): QmtlError {
  return new QmtlError({
    code: "world.corrupt-journal",
    message: `The journal of world ${world} is damaged: ${what}`,
    place: { world },
    next: "Restore the journal from a copy: no writer of QMTL leaves it like this.",
    class: "failed",
  });
}
