import { type ApplyOutcome, type ApplyPhase, awaitedWords } from "./apply.ts";
import { authority } from "./authority.ts";
import type { Hold, Stage } from "./campaign/campaign.ts";
import { stagesOf } from "./campaign/plan-tick.ts";
import { configDigest, highestMode, type WorldConfig } from "./config.ts";
import { outlook } from "./decide.ts";
import type { DowngradeReason } from "./downgrade.ts";
import { type EdgeView, edgeViews } from "./edge.ts";
import { ledger } from "./ledger.ts";
import type { ExecutionDomain, Mode } from "./mode.ts";
import type { VersionDecision } from "./record.ts";
import { isOverdue, NO_SESSIONS, type Session, type Sessions, type WatchedSessions } from "./session.ts";
import type { WorldState } from "./state.ts";

export interface StrategyStatus {
  readonly strategy: string;
  /** Of the candidate; for a strategy without one, of the active version or of the one that was rejected. */
  readonly version: string;
  readonly active: boolean;
  /** The version that trades, when it is not `version`. */
  readonly activeVersion?: string;
  /** Now: a decision ages. */
  readonly mode: Mode;
  readonly domain: ExecutionDomain;
  readonly downgrades: readonly DowngradeReason[];
  readonly verdict?: VersionDecision["verdict"];
  readonly rank?: number;
  readonly score?: number;
  readonly share: number;
  /** Of the campaign, with what holds it below the next one; absent for what is no candidate. */
  readonly stage?: { readonly at: Stage; readonly hold?: Hold; readonly reason: string };
  readonly reason: string;
}

/** A world as a person wants to see it. Plain data. */
export interface WorldStatus {
  readonly world: string;
  readonly revision: number;
  /** The highest mode that it may give. */
  readonly mode: Mode;
  readonly knowledge: WorldConfig["knowledge"];
  readonly active: number;
  readonly trials: number;
  /** Ms UTC of the last decision and of the data that it stands on. */
  readonly decided?: { readonly revision: number; readonly at: number; readonly asOf: number; readonly stale: boolean };
  readonly apply:
    | { readonly kind: "none" | "applied" | "applying" | "awaiting-approval" | "refused" }
    | { readonly kind: "rolled-back"; readonly reason: string; readonly gates: "reopened" | "frozen" };
  /** The file says something else than the last decision was taken under. */
  readonly configurationChanged: boolean;
  readonly downgrades: Readonly<Partial<Record<DowngradeReason, number>>>;
  /** The apply that runs, or the last one; absent before the first. */
  readonly lastApply?: {
    readonly apply: number;
    readonly run?: string;
    readonly phase: ApplyPhase["kind"];
    /** Sessions that it waits for. */
    readonly waiting: readonly string[];
    readonly outcome?: ApplyOutcome;
  };
  /** Who runs in the world. */
  readonly runners: readonly (Session & { readonly lost: boolean })[];
  /** What was said about edges across execution domains; the rest is off. */
  readonly edges: readonly EdgeView[];
  /** Active ones first, then by rank, then by name. */
  readonly strategies: readonly StrategyStatus[];
  /** A sentence. */
  readonly next: string;
}

export function worldStatus(of: {
  readonly state: WorldState;
  readonly config: WorldConfig;
  readonly now: number;
  readonly sessions?: Sessions & Partial<Pick<WatchedSessions, "ended">>;
}): WorldStatus {
  const { state, config, now, sessions = NO_SESSIONS } = of;
  const { phase } = state.apply;
  const { decision } = state;
  const strategies = strategiesOf(state, config, now);
  const stale = strategies.some(({ downgrades }) => downgrades.includes("stale_decision")) || isOld(state, now);
  const apply = applyOf(state, config);
  const configurationChanged = decision !== undefined && decision.envelope.config !== configDigest(config);
  return {
    world: state.world,
    revision: state.revision,
    mode: highestMode(config),
    knowledge: config.knowledge,
    active: strategies.filter(({ active }) => active).length,
    trials: ledger(state).length,
    ...(decision !== undefined && {
      decided: { revision: decision.revision, at: decision.at, asOf: decision.envelope.asOf, stale },
    }),
    apply,
    configurationChanged,
    downgrades: Object.fromEntries(state.downgrades),
    ...(phase.epoch > 0 && {
      lastApply: {
        apply: phase.epoch,
        ...(phase.run !== undefined && { run: phase.run }),
        phase: phase.kind,
        waiting: awaitedWords(state.apply),
        ...(phase.kind === "idle" && phase.outcome !== undefined && { outcome: phase.outcome }),
      },
    }),
    runners: sessions.all.map((session) => ({
      ...session,
      lost: of.sessions?.ended?.has(session.session) === true || isOverdue(session, now),
    })),
    edges: edgeViews(state.edges, now),
    strategies,
    next: nextStep(state.world, { decided: decision !== undefined, apply, configurationChanged, stale, strategies }),
  };
}

function strategiesOf(state: WorldState, config: WorldConfig, now: number): readonly StrategyStatus[] {
  const envelope = state.decision?.envelope;
  const active = new Map(
    state.apply.activation.entries.filter((entry) => entry.active).map((entry) => [entry.strategy, entry]),
  );
  const judged = new Map((envelope?.versions ?? []).map((version) => [version.strategy, version]));
  const names = new Set([...state.candidates.keys(), ...active.keys(), ...judged.keys()]);
  return [...names].map((strategy): StrategyStatus => statusOf(strategy)).sort(byStanding);

  function statusOf(strategy: string): StrategyStatus {
    const entry = active.get(strategy);
    const version = state.candidates.get(strategy)?.version ?? entry?.version ?? judged.get(strategy)?.version ?? "";
    const judgement = envelope?.versions.find((one) => one.strategy === strategy && one.version === version);
    const stage = stagesOf(state)[strategy];
    const evaluation = judgement === undefined ? undefined : state.evaluations.get(judgement.evalKey);
    const word = authority({
      world: config,
      ...(envelope !== undefined &&
        judgement !== undefined && {
          decision: {
            mode: judgement.mode,
            asOf: envelope.asOf,
            ...(envelope.ttl !== undefined && { ttl: envelope.ttl }),
          },
        }),
      evidence:
        judgement?.evidence !== "backtest"
          ? "declared"
          : judgement.verdict === "inconclusive"
            ? "inconclusive"
            : "conclusive",
      identity: evaluation?.identity ?? "mismatch",
      crossContextHits: Math.max(evaluation?.crossContextHits ?? 0, state.crossContext.get(strategy) ?? 0),
      ...(evaluation?.dataset.asOf !== undefined && { asOf: evaluation.dataset.asOf }),
      now,
    });
    return {
      strategy,
      version,
      active: entry !== undefined,
      ...(entry !== undefined && entry.version !== version && { activeVersion: entry.version }),
      mode: word.mode,
      domain: word.domain,
      downgrades: [...new Set([...(judgement?.downgrades ?? []), ...word.downgrades])],
      ...(judgement !== undefined && { verdict: judgement.verdict }),
      ...(judgement?.rank !== undefined && { rank: judgement.rank }),
      ...(judgement?.score !== undefined && { score: judgement.score }),
      share: entry?.share ?? 0,
      ...(stage?.version === version && {
        stage: { at: stage.stage, ...(stage.hold !== undefined && { hold: stage.hold }), reason: stage.reason },
      }),
      reason: judgement?.reason ?? "The world has not decided on it yet",
    };
  }
}

function isOld({ decision }: WorldState, now: number): boolean {
  const ttl = decision?.envelope.ttl;
  return decision !== undefined && ttl !== undefined && !(now - decision.envelope.asOf <= ttl);
}

function applyOf(state: WorldState, config: WorldConfig): WorldStatus["apply"] {
  const { phase } = state.apply;
  const { kind } = outlook(state, config);
  if (phase.kind === "idle" && phase.outcome?.kind === "rolled-back" && kind !== "applied")
    return { kind: "rolled-back", reason: phase.outcome.reason, gates: phase.outcome.gates };
  return state.decision === undefined ? { kind: "none" } : { kind };
}

function byStanding(a: StrategyStatus, b: StrategyStatus): number {
  if (a.active !== b.active) return a.active ? -1 : 1;
  const rank = (a.rank ?? Number.MAX_SAFE_INTEGER) - (b.rank ?? Number.MAX_SAFE_INTEGER);
  return rank !== 0 ? rank : a.strategy < b.strategy ? -1 : 1;
}

function nextStep(
  world: string,
  of: Pick<WorldStatus, "apply" | "configurationChanged" | "strategies"> & {
    readonly decided: boolean;
    readonly stale: boolean;
  },
): string {
  if (!of.decided) return `Submit a strategy: qmtl submit FILE --world ${world}.`;
  if (of.configurationChanged)
    return "The world file has changed since the last decision: submit again to decide under it.";
  if (of.apply.kind === "awaiting-approval")
    return `Approve the decision: qmtl world approve ${world} --actor NAME --comment TEXT.`;
  if (of.apply.kind === "applying") return "Wait: an apply is running.";
  if (of.apply.kind === "rolled-back")
    return `The last apply was rolled back (${of.apply.reason}): qmtl world apply ${world} applies the decision again.`;
  if (of.apply.kind === "refused")
    return "A cached value of another context was met, so nothing is applied: submit the strategy again under a new version.";
  if (of.stale) return "The decision is older than its data may be: submit again on newer data.";
  const waiting = of.strategies.find(({ stage }) => stage?.at === "candidate");
  if (waiting !== undefined)
    return `Let ${waiting.strategy} go live or not: qmtl world approve (or reject) ${world} ${waiting.strategy} --actor NAME --comment TEXT.`;
  return "Nothing: the world is as it was decided.";
}
