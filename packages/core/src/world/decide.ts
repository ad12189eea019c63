import type { AllocatedShare } from "../plugin/contract/allocator.ts";
import type { PolicyOutcome, PolicyVerdict } from "../policy/policy.ts";
import { canonicalJson } from "../schema/canonical.ts";
import { QmtlError } from "../schema/error.ts";
import { type ActivationEntry, activeEntry, nextEntries, sameActive, withoutApproval } from "./activation.ts";
import { areGatesFrozen, step } from "./apply.ts";
import { authority } from "./authority.ts";
import { configDigest, highestMode, type WorldConfig } from "./config.ts";
import {
  type DecisionEnvelope,
  type DecisionRecord,
  type EvaluationRecord,
  RECORD_FORMAT,
  type VersionDecision,
  type WorldRecord,
} from "./record.ts";
import type { WorldState } from "./state.ts";
import { after } from "./submission.ts";

export interface DecideInput {
  /** As it stands when the decision is appended: the records of its submission are folded in. */
  readonly state: WorldState;
  readonly config: WorldConfig;
  /** Over the candidates, and over a version that was rejected just now, if any. */
  readonly outcome: PolicyOutcome;
  /** Shares of the selected strategies, from the allocator; absent means 0. */
  readonly allocation: readonly AllocatedShare[];
  /** The EvalKeys that the outcome's verdicts were given on, in their order. */
  readonly evalKeys: readonly string[];
  /** The end of the data, ms UTC. */
  readonly period: number;
  /** The instant of knowledge that the dataset commit was resolved to, ms UTC. */
  readonly asOf: number;
  /** Ms UTC. */
  readonly now: number;
  /** Sessions that an apply has to wait for: {@link participantsOf} the head that the decision is appended to. */
  readonly participants: readonly string[];
}

export interface Decided {
  /** To append, all or none; empty when the world has said and done the same already. */
  readonly records: readonly WorldRecord[];
  /** The decision that holds after it. */
  readonly envelope: DecisionEnvelope;
  readonly apply: ApplyOutlook;
}

/** What becomes of the active set. */
export type ApplyOutlook =
  /** It is as the decision says. */
  | { readonly kind: "applied" }
  /** Another apply is running: this decision has its turn when that one ends. */
  | { readonly kind: "applying" }
  /** A person has to approve it: `manual` worlds, and whatever makes something live. */
  | { readonly kind: "awaiting-approval" };

/**
 * The world's decision on a policy's outcome, and the apply that it leads to. Deciding again on the same content gives no records: what is
 * compared is everything but the head it was taken at.
 *
 * @throws `world.unknown-evaluation` for a verdict on a version whose evaluation is not in the journal
 */
export function decide(input: DecideInput): Decided {
  const { state, config, now, participants } = input;
  const envelope = envelopeOf(input);
  const known = state.decision;
  if (known !== undefined && sameContent(known.envelope, envelope)) {
    const records = applyRecords({ state, config, participants, approved: known.approvedBy !== undefined, at: now });
    return { records, envelope: known.envelope, apply: outlook(after(state, records), config) };
  }
  const decision: DecisionRecord = { kind: "decision", format: RECORD_FORMAT, at: now, envelope };
  const decided = after(state, [decision]);
  const applied = applyRecords({ state: decided, config, participants, approved: false, at: now });
  return { records: [decision, ...applied], envelope, apply: outlook(after(decided, applied), config) };
}

/**
 * Lets the last decision be applied, whatever the world waits for.
 *
 * @throws `world.no-decision`, `world.nothing-to-approve`, `world.stale-decision` when it is too old or was taken under another
 *   configuration
 */
export function approve(of: {
  readonly state: WorldState;
  readonly config: WorldConfig;
  readonly actor: string;
  readonly note?: string;
  readonly now: number;
  readonly participants: readonly string[];
}): Decided {
  const { state, config, actor, note, now, participants } = of;
  const { decision } = state;
  if (decision === undefined)
    throw new QmtlError({
      code: "world.no-decision",
      message: `World ${state.world} has not decided anything yet`,
      place: { world: state.world },
      next: `Submit a strategy: qmtl submit FILE --world ${state.world}.`,
    });
  if (outlook(state, config).kind !== "awaiting-approval")
    throw new QmtlError({
      code: "world.nothing-to-approve",
      message: `The last decision of world ${state.world} does not wait for an approval`,
      place: { world: state.world },
      next: `See qmtl world status ${state.world}.`,
    });
  const { asOf, ttl, config: decidedUnder } = decision.envelope;
  const old = ttl !== undefined && !(now - asOf >= 0 && now - asOf <= ttl);
  if (old || decidedUnder !== configDigest(config))
    throw new QmtlError({
      code: "world.stale-decision",
      message: old
        ? `The last decision of world ${state.world} is older than its data may be`
        : `The file of world ${state.world} has changed since its last decision`,
      place: { world: state.world },
      next: "Submit again, then approve the new decision.",
    });
  const approved: WorldRecord = {
    kind: "approved",
    format: RECORD_FORMAT,
    at: now,
    decision: decision.revision,
    actor,
    ...(note !== undefined && { note }),
  };
  const allowed = after(state, [approved]);
  const applied = applyRecords({ state: allowed, config, participants, approved: true, at: now });
  return {
    records: [approved, ...applied],
    envelope: decision.envelope,
    apply: outlook(after(allowed, applied), config),
  };
}

/** Where the world stands between its last decision and its activation. */
export function outlook(state: WorldState, config: Pick<WorldConfig, "apply">): ApplyOutlook {
  const { decision } = state;
  const { phase, activation } = state.apply;
  if (phase.kind !== "idle") return { kind: "applying" };
  const done = decision === undefined || sameActive(activation.entries, targetOf(decision.envelope));
  if (done && !areGatesFrozen(state.apply)) return { kind: "applied" };
  const waits = decision?.approvedBy === undefined && (config.apply === "manual" || needsApproval(state));
  return { kind: waits ? "awaiting-approval" : "applying" };
}

/** The active entries that a decision asks for. */
export function targetOf({ selected, versions }: DecisionEnvelope): readonly ActivationEntry[] {
  return selected.flatMap(({ strategy, version }) => {
    const decision = versions.find(
      (one) => one.strategy === strategy && one.version === version && one.verdict === "selected",
    );
    if (decision === undefined) return [];
    const { params, share, mode } = decision;
    return [activeEntry({ strategy, version, params, share, mode })];
  });
}

function needsApproval(state: WorldState): boolean {
  const { decision, apply } = state;
  if (decision === undefined) return false;
  const target = targetOf(decision.envelope);
  return withoutApproval(apply.activation.entries, target) !== target;
}

/** The apply of the last decision as far as nobody has to be asked; nothing while another one runs. `run`: see `proposed`. */
export function applyRecords(of: {
  readonly state: WorldState;
  readonly config: Pick<WorldConfig, "apply">;
  readonly participants: readonly string[];
  readonly approved: boolean;
  readonly at: number;
  readonly run?: string;
}): readonly WorldRecord[] {
  const { state, config, participants, approved, at, run } = of;
  const { decision, apply } = state;
  if (decision === undefined || apply.phase.kind !== "idle" || (config.apply === "manual" && !approved)) return [];
  const current = apply.activation.entries;
  const target = targetOf(decision.envelope);
  const active = approved ? target : withoutApproval(current, target);
  // Gates that a rollback left shut open again only through an apply, even one that changes nothing.
  if (sameActive(current, active) && !areGatesFrozen(apply)) return [];
  const proposed = {
    kind: "proposed",
    decision: decision.revision,
    target: nextEntries(current, active),
    participants,
    ...(run !== undefined && { run }),
  } as const;
  return step(apply, proposed, { at, revision: state.revision }).records;
}

function envelopeOf({
  state,
  config,
  outcome,
  allocation,
  evalKeys,
  period,
  asOf,
  now,
}: DecideInput): DecisionEnvelope {
  const shares = new Map(allocation.map(({ strategy, share }) => [strategy, share]));
  const versions = outcome.verdicts.map((verdict, i): VersionDecision => {
    const evalKey = evalKeys[i];
    const evaluation = evalKey === undefined ? undefined : state.evaluations.get(evalKey);
    if (evaluation === undefined || evaluation.version !== verdict.version)
      throw unknownEvaluation(state.world, verdict);
    return versionDecision({ state, config, verdict, evaluation, share: shares.get(verdict.strategy) ?? 0, asOf, now });
  });
  const selected = outcome.selected.flatMap((strategy) => {
    const verdict = outcome.verdicts.find((one) => one.strategy === strategy && one.verdict === "selected");
    return verdict === undefined ? [] : [{ strategy, version: verdict.version }];
  });
  return {
    world: state.world,
    revision: state.revision,
    config: configDigest(config),
    period,
    asOf,
    ...(config.knowledge.kind === "following" && { ttl: config.knowledge.maxLag }),
    versions,
    selected,
    hysteresis: outcome.hysteresis,
  };
}

function versionDecision(of: {
  readonly state: WorldState;
  readonly config: WorldConfig;
  readonly verdict: PolicyVerdict;
  readonly evaluation: EvaluationRecord;
  readonly share: number;
  readonly asOf: number;
  readonly now: number;
}): VersionDecision {
  const { state, config, verdict, evaluation, asOf, now } = of;
  const { strategy, version, rank, score, gates, exclusions, notes } = verdict;
  const candidate = state.candidates.get(strategy);
  const requested = candidate?.version === version ? candidate.requested : undefined;
  const chosen = verdict.verdict === "selected";
  const evidence = evidenceOf(verdict, evaluation);
  // What can't promote is asked for at full height and taken back, so that the reason is named and counted.
  const word = chosen || evidence !== "conclusive" ? wordOf(config) : "compute-only";
  const { mode, downgrades } = authority({
    world: config,
    decision: { mode: word, asOf, ...ttlOf(config) },
    evidence,
    identity: evaluation.identity,
    crossContextHits: evaluation.crossContextHits,
    ...(evaluation.dataset.asOf !== undefined && { asOf: evaluation.dataset.asOf }),
    now,
  });
  return {
    strategy,
    version,
    evalKey: evaluation.evalKey,
    params: evaluation.params,
    mode,
    downgrades,
    reason: reasonOf(verdict),
    verdict: verdict.verdict,
    ...(rank !== undefined && { rank }),
    ...(score !== undefined && { score }),
    share: chosen ? of.share : 0,
    gates,
    exclusions,
    notes,
    evidence: evaluation.evidence,
    ...(requested !== undefined && { requested }),
  };
}

/** The world gives what is selected the most it may: the cap, and `live` only to be taken back by name when it is not allowed. */
function wordOf(config: WorldConfig): string {
  return config.maxMode === "live" ? "live" : highestMode(config);
}

function ttlOf({ knowledge }: WorldConfig): { readonly ttl?: number } {
  return knowledge.kind === "following" ? { ttl: knowledge.maxLag } : {};
}

function evidenceOf(verdict: PolicyVerdict, evaluation: EvaluationRecord): "conclusive" | "inconclusive" | "declared" {
  if (evaluation.evidence !== "backtest") return "declared";
  return verdict.verdict === "inconclusive" ? "inconclusive" : "conclusive";
}

function reasonOf({ verdict, rank, score, exclusions }: PolicyVerdict): string {
  const [first] = exclusions;
  if (verdict !== "selected")
    return first?.reason ?? (verdict === "inconclusive" ? "The evidence is inconclusive" : "It was not selected");
  const ranked = rank === undefined ? "Selected" : `Selected at rank ${rank}`;
  return score === undefined ? ranked : `${ranked} with a score of ${Number(score.toPrecision(6))}`;
}

function sameContent(a: DecisionEnvelope, b: DecisionEnvelope): boolean {
  return canonicalJson({ ...a, revision: 0 }) === canonicalJson({ ...b, revision: 0 });
}

function unknownEvaluation(world: string, { strategy, version }: PolicyVerdict): QmtlError {
  return new QmtlError({
    code: "world.unknown-evaluation",
    message: `Version ${version} of ${strategy} was judged on an evaluation that is not in the journal`,
    place: { world, strategy },
    next: "Report this: the evaluation has to be recorded before the decision.",
    class: "failed",
  });
}
