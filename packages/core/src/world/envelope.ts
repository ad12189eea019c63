import type { AllocatedShare } from "../plugin/contract/allocator.ts";
import type { PolicyOutcome, PolicyVerdict } from "../policy/policy.ts";
import { say } from "../policy/wording.ts";
import { QmtlError } from "../schema/error.ts";
import { type Authority, authority } from "./authority.ts";
import { type Stage, type StageState, scaleOf } from "./campaign/campaign.ts";
import { planTick, type Standing } from "./campaign/plan-tick.ts";
import { configDigest, highestMode, type WorldConfig } from "./config.ts";
import { capMode } from "./mode.ts";
import type { DecisionEnvelope, EvaluationRecord, VersionDecision } from "./record.ts";
import type { WorldState } from "./state.ts";

export interface EnvelopeInput {
  /** As it stands when the decision is appended: the records of its submission are folded in. */
  readonly state: WorldState;
  readonly config: WorldConfig;
  /** Over the candidates, and over a version that was rejected just now, if any. */
  readonly outcome: PolicyOutcome;
  /** Shares of the selected strategies, from the allocator; absent means 0. */
  readonly allocation: readonly AllocatedShare[];
  /** The EvalKeys that the outcome's verdicts were given on, in their order. */
  readonly evalKeys: readonly string[];
  /** The end of the data, ms UTC; an earlier one than the last decision's counts as that. */
  readonly period: number;
  /** The instant of knowledge that the dataset commit was resolved to, ms UTC. */
  readonly asOf: number;
  /** Ms UTC. */
  readonly now: number;
}

/** A verdict with the evaluation that it was given on. */
interface Judged {
  readonly verdict: PolicyVerdict;
  readonly evaluation: EvaluationRecord;
}

/**
 * The world's decision on a policy's outcome: per version its stage in the campaign, its mode, and its part of the capital.
 *
 * @throws `world.unknown-evaluation` for a verdict on a version whose evaluation is not in the journal
 */
export function envelopeOf(input: EnvelopeInput): DecisionEnvelope {
  const { state, config, outcome, allocation, evalKeys, asOf } = input;
  const period = Math.max(input.period, state.decision?.envelope.period ?? Number.NEGATIVE_INFINITY);
  const shares = new Map(allocation.map(({ strategy, share }) => [strategy, share]));
  const judged = outcome.verdicts.map((verdict, i): Judged => {
    const evaluation = state.evaluations.get(evalKeys[i] ?? "");
    if (evaluation === undefined || evaluation.version !== verdict.version)
      throw unknownEvaluation(state.world, verdict);
    return { verdict, evaluation };
  });
  const campaign = planTick({
    state,
    config,
    period,
    standings: judged.filter(({ evaluation }) => isCandidate(state, evaluation)).map((one) => standingOf(one, input)),
  });
  const versions = judged.map(({ verdict, evaluation }): VersionDecision => {
    const candidate = isCandidate(state, evaluation);
    const stage = candidate ? campaign[verdict.strategy] : undefined;
    const requested = candidate ? state.candidates.get(verdict.strategy)?.requested : undefined;
    const { strategy, version, rank, score, gates, exclusions, notes } = verdict;
    const selected = verdict.verdict === "selected";
    const { mode, downgrades } = grant({ ...input, verdict: verdict.verdict, evaluation, stage: stage?.stage });
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
      ...capitalOf(stage, selected ? (shares.get(strategy) ?? 0) : 0, config),
      gates,
      exclusions,
      notes: [...notes, ...(selected && stage?.hold !== undefined && stage.hold !== "mode" ? [stage.reason] : [])],
      evidence: evaluation.evidence,
      ...(requested !== undefined && { requested }),
    };
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
    campaign,
  };
}

/** What a version at a stage gets of the capital that the allocator gave it. */
export function capitalOf(
  stage: StageState | undefined,
  allocated: number,
  { campaign }: Pick<WorldConfig, "campaign">,
): Pick<VersionDecision, "stage" | "allocated" | "share" | "scale"> {
  if (stage === undefined) return { allocated, share: allocated, scale: 1 };
  const most = stage.stage === "live" ? (stage.approved?.share ?? 0) : allocated;
  return {
    stage: stage.stage,
    allocated,
    share: Math.min(allocated, most),
    scale: scaleOf(stage, campaign),
  };
}

interface GrantInput extends Pick<EnvelopeInput, "state" | "config" | "asOf" | "now"> {
  readonly evaluation: EvaluationRecord;
  readonly verdict: PolicyVerdict["verdict"];
  /** Absent: it is no candidate. */
  readonly stage: Stage | undefined;
}

/** What the world lets a version do: the word of its stage, through the one authority. */
export function grant(input: GrantInput): Authority {
  const { config, evaluation, verdict, stage } = input;
  const doubted = doubts(input).length > 0;
  if (verdict === "selected" && stage !== undefined && !doubted) return ask(input, wordOf(stage, config));
  // What can't promote is asked for at full height and taken back, so that the reason is named and counted.
  return ask(
    input,
    verdict === "selected" || evidenceOf(verdict, evaluation) !== "conclusive" ? fullHeight(config) : "compute-only",
  );
}

/** Why the world can't trust a version beyond a backtest, whatever its stage. */
function doubts(input: Omit<GrantInput, "stage">): Authority["downgrades"] {
  return ask(input, fullHeight(input.config)).downgrades.filter((reason) => reason !== "live_not_allowed");
}

function ask({ state, config, evaluation, verdict, asOf, now }: Omit<GrantInput, "stage">, mode: string): Authority {
  return authority({
    world: config,
    decision: { mode, asOf, ...(config.knowledge.kind === "following" && { ttl: config.knowledge.maxLag }) },
    evidence: evidenceOf(verdict, evaluation),
    identity: evaluation.identity,
    crossContextHits: isCandidate(state, evaluation)
      ? (state.crossContext.get(evaluation.strategy) ?? 0)
      : evaluation.crossContextHits,
    ...(evaluation.dataset.asOf !== undefined && { asOf: evaluation.dataset.asOf }),
    now,
  });
}

/** The word of a stage. A world that would be live and is not allowed to asks for it all the same, to be refused by name. */
function wordOf(stage: Stage, config: WorldConfig): string {
  if (stage === "live") return "live";
  if (stage === "backtest") return capMode(highestMode(config), "compute-only");
  return config.maxMode === "live" && !config.allowLive ? "live" : capMode(highestMode(config), "paper");
}

function fullHeight(config: WorldConfig): string {
  return config.maxMode === "live" ? "live" : highestMode(config);
}

function standingOf({ verdict, evaluation }: Judged, input: EnvelopeInput): Standing {
  const doubt = doubts({ ...input, evaluation, verdict: verdict.verdict });
  return {
    evaluation,
    verdict: verdict.verdict,
    ...(verdict.rank !== undefined && { rank: verdict.rank }),
    ...(verdict.verdict === "selected" &&
      doubt.length > 0 && { doubt: `The world takes it back to backtest: ${doubt.join(", ")}` }),
    reason: reasonOf(verdict),
  };
}

function isCandidate({ candidates }: WorldState, { strategy, evalKey }: EvaluationRecord): boolean {
  return candidates.get(strategy)?.evalKey === evalKey;
}

function evidenceOf(
  verdict: PolicyVerdict["verdict"],
  evaluation: EvaluationRecord,
): "conclusive" | "inconclusive" | "declared" {
  if (evaluation.evidence !== "backtest") return "declared";
  return verdict === "inconclusive" ? "inconclusive" : "conclusive";
}

function reasonOf({ verdict, rank, score, exclusions }: PolicyVerdict): string {
  const [first] = exclusions;
  if (verdict !== "selected")
    return first?.reason ?? (verdict === "inconclusive" ? "The evidence is inconclusive" : "It was not selected");
  const ranked = rank === undefined ? "Selected" : `Selected at rank ${rank}`;
  return score === undefined ? ranked : `${ranked} with a score of ${say(score)}`;
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
