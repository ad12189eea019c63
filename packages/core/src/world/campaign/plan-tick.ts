import { say } from "../../policy/wording.ts";
import { canonicalJson } from "../../schema/canonical.ts";
import { highestMode, type WorldConfig } from "../config.ts";
import { compareModes } from "../mode.ts";
import type { EvaluationRecord } from "../record.ts";
import type { WorldState } from "../state.ts";
import { type Hold, STAGES, type Stage, type StageState } from "./campaign.ts";
import { canaryScore } from "./canary.ts";
import { judgeRealised, realisedReturns } from "./realised.ts";

/** A candidate as the policy left it. */
export interface Standing {
  readonly evaluation: Pick<EvaluationRecord, "strategy" | "version" | "params" | "evalKey">;
  readonly verdict: "selected" | "excluded" | "inconclusive";
  /** 1 is best. */
  readonly rank?: number;
  /** Why the world can't trust it beyond a backtest, whatever the policy says; a sentence. */
  readonly doubt?: string;
  /** Why it is not selected; a sentence. */
  readonly reason: string;
}

/** Stages by strategy, as they stand before the period. */
export type Stages = Readonly<Record<string, StageState>>;

/** The stages as the world's last decision left them. */
export function stagesOf({ decision }: Pick<WorldState, "decision">): Stages {
  return decision?.envelope.campaign ?? {};
}

/**
 * Where every candidate stands in the campaign for an evaluation period: the one place that a version's stage comes from.
 *
 * - What the world does not select, or can't trust, falls to `backtest` at once, and starts its cooldown if it stood higher.
 * - To `paper` comes what is selected, with enough periods of backtest. From there what it realised decides: for the next stage, against
 *   this one, or neither. Inconclusive evidence moves nothing.
 * - Counters advance when `period` is after the one that was counted last. A strategy moves once in a period, so planning the same
 *   period again on the same evidence changes nothing.
 * - A new version, or new params, begins anew; the strategy's cooldown stays.
 *
 * Nothing depends on the order of the standings. Only {@link ruleOn | a person} makes a candidate live.
 */
export function planTick(of: {
  readonly state: Pick<WorldState, "world" | "decision" | "realised" | "trials">;
  readonly config: WorldConfig;
  /** End of the evaluation period, ms UTC. */
  readonly period: number;
  readonly standings: readonly Standing[];
}): Stages {
  const { state, config, period } = of;
  const before = stagesOf(state);
  const byClaim = of.standings.toSorted(
    (a, b) =>
      (a.rank ?? Number.MAX_SAFE_INTEGER) - (b.rank ?? Number.MAX_SAFE_INTEGER) ||
      (a.evaluation.strategy < b.evaluation.strategy ? -1 : 1),
  );
  const steps = byClaim.map((standing) => {
    const known = before[standing.evaluation.strategy];
    return { standing, next: stepOf({ state, config, period, standing, known }) };
  });
  // Who has a place on paper keeps it; what is left is given out by rank.
  let places =
    (config.campaign.paper.slots ?? Number.POSITIVE_INFINITY) -
    steps.filter(({ next }) => next.kind === "stays" && onPaper(next.state.stage)).length;
  const stages: Record<string, StageState> = {};
  for (const { standing, next } of steps) {
    const { strategy } = standing.evaluation;
    if (next.kind === "stays") stages[strategy] = next.state;
    else if (places > 0) {
      places--;
      stages[strategy] = next.enters;
    } else {
      const { slots } = config.campaign.paper;
      const reason = slots === 1 ? "The one place on paper is taken" : `All ${slots} places on paper are taken`;
      stages[strategy] = { ...next.waits, hold: "slots", reason };
    }
  }
  return stages;
}

function onPaper(stage: Stage): boolean {
  return stage === "paper" || stage === "candidate";
}

type Next =
  | { readonly kind: "stays"; readonly state: StageState }
  /** It may come to paper where there is a place. */
  | { readonly kind: "ready"; readonly enters: StageState; readonly waits: StageState };

interface StepInput {
  readonly state: Pick<WorldState, "world" | "realised" | "trials">;
  readonly config: WorldConfig;
  readonly period: number;
  readonly standing: Standing;
  /** Of the strategy; of another version too. */
  readonly known: StageState | undefined;
}

function stepOf(input: StepInput): Next {
  const { config, period, standing } = input;
  const known = sameRun(input.known, standing) ? input.known : undefined;
  const base = known ?? fresh(input);
  if (standing.verdict !== "selected" || standing.doubt !== undefined)
    return { kind: "stays", state: fallen(base, input) };
  const lowered = withoutPower(base, config);
  if (lowered.moved?.period === period) return { kind: "stays", state: lowered };
  const advances = known === undefined || period > known.period;
  return lowered.stage === "backtest" ? fromBacktest(lowered, input, advances) : fromAbove(lowered, input, advances);
}

function sameRun(known: StageState | undefined, { evaluation }: Standing): known is StageState {
  return (
    known !== undefined &&
    known.version === evaluation.version &&
    canonicalJson(known.params) === canonicalJson(evaluation.params)
  );
}

function fresh({ standing, period, known }: StepInput): StageState {
  const { version, params } = standing.evaluation;
  return {
    stage: "backtest",
    version,
    params,
    passes: 0,
    fails: 0,
    dwell: 0,
    period,
    ...(known?.until !== undefined && { until: known.until }),
    verdict: "inconclusive",
    reason: "It has not been judged",
    findings: [],
  };
}

/** Not selected, or in doubt: no stage, no streak. */
function fallen(base: StageState, { config, period, standing }: StepInput): StageState {
  const { moved: _, approved: __, hold: ___, ...rest } = base;
  const fell = base.stage !== "backtest";
  return {
    ...rest,
    stage: "backtest",
    passes: 0,
    fails: 0,
    dwell: 0,
    period: Math.max(period, base.period),
    ...(fell && config.campaign.cooldown > 0 && { until: period + config.campaign.cooldown }),
    verdict: standing.verdict === "excluded" ? "fail" : "inconclusive",
    reason: standing.doubt ?? standing.reason,
    findings: [],
  };
}

/** What the world may give at all: `allow_live` and `max_mode` hold for whoever is above already, too. */
function withoutPower(base: StageState, config: WorldConfig): StageState {
  const most = highestStage(config);
  if (STAGES.indexOf(base.stage) <= STAGES.indexOf(most)) return base;
  const { approved: _, moved: __, ...rest } = base;
  return { ...rest, stage: most, passes: 0, fails: 0, dwell: 0 };
}

/** The highest stage that a world's mode has room for. */
export function highestStage(config: Pick<WorldConfig, "maxMode" | "allowLive" | "knowledge">): Stage {
  const mode = highestMode(config);
  if (mode === "live") return "live";
  return compareModes(mode, "compute-only") > 0 ? "paper" : "backtest";
}

function fromBacktest(base: StageState, { state, config, period, standing }: StepInput, advances: boolean): Next {
  const { minSamples } = config.campaign.backtest;
  const samples = state.trials.get(standing.evaluation.evalKey)?.statistics.periods ?? 0;
  const few = samples < minSamples;
  const counted = count(base, few ? "inconclusive" : "pass", period, advances);
  const waits: StageState = {
    ...counted,
    verdict: few ? "inconclusive" : "pass",
    reason: few ? `Its backtest has ${samples} of at least ${minSamples} periods` : "The world selects it",
    findings: [
      {
        rule: "samples",
        verdict: few ? "inconclusive" : "pass",
        metric: "backtest_samples",
        value: samples,
        bound: minSamples,
        distance: Math.abs(samples - minSamples),
        reason: `Its backtest has ${samples} of at least ${minSamples} periods`,
      },
    ],
  };
  if (few) return { kind: "stays", state: waits };
  if (highestStage(config) === "backtest") return held(waits, "mode", `The world gives at most ${highestMode(config)}`);
  const early = tooEarly(waits, config, period);
  if (early !== undefined) return { kind: "stays", state: early };
  return { kind: "ready", waits, enters: moved(waits, "paper", period, waits.reason) };
}

function fromAbove(base: StageState, input: StepInput, advances: boolean): Next {
  const { state, config, period, standing } = input;
  const { strategy, version, params, evalKey } = standing.evaluation;
  const { campaign } = config;
  const rules = base.stage === "live" ? campaign.live : campaign.paper;
  const domain = base.stage === "live" ? "live" : "dryrun";
  const returns = realisedReturns(state.realised, { strategy, version, params, domain, period, window: rules.window });
  const backtest = state.trials.get(evalKey)?.statistics;
  const judged = judgeRealised(returns, backtest, { minSamples: rules.minSamples, bounds: campaign.bounds });
  const next: StageState = { ...count(base, judged.verdict, period, advances), ...judged };
  if (judged.verdict === "fail") {
    if (next.fails < campaign.demoteAfter)
      return stays(next, `${judged.reason}; for ${next.fails} of ${campaign.demoteAfter} periods`);
    if (next.dwell < campaign.minDwell)
      return held(next, "min-dwell", `${judged.reason}; it stays for at least ${periods(campaign.minDwell)}`);
    return stays(demoted(next, config, period, judged.reason));
  }
  if (base.stage === "live") return stays(next);
  if (base.stage === "candidate") return held(next, "approval", `${judged.reason}; a person has to let it go live`);
  if (judged.verdict !== "pass") return stays(next);
  if (highestStage(config) !== "live")
    return config.maxMode === "live"
      ? held(next, "allow-live", `${judged.reason}; the world does not allow live`)
      : held(next, "mode", `${judged.reason}; the world gives at most ${highestMode(config)}`);
  if (next.dwell < campaign.minDwell)
    return held(next, "min-dwell", `${judged.reason}; it stays on paper for at least ${periods(campaign.minDwell)}`);
  const early = tooEarly(next, config, period);
  if (early !== undefined) return stays(early);
  const fraction = campaign.canary?.fraction ?? 1;
  const drawn = canaryScore(state.world, strategy, String(period));
  if (drawn >= fraction)
    return held(
      next,
      "canary",
      `${judged.reason}; it drew ${say(drawn)} in this period, which is not below the fraction ${say(fraction)}`,
    );
  return held(
    moved(next, "candidate", period, judged.reason),
    "approval",
    `${judged.reason}; a person has to let it go live`,
  );
}

/** The counters after one more judgement. */
function count(base: StageState, verdict: StageState["verdict"], period: number, advances: boolean): StageState {
  const { hold: _, ...rest } = base;
  const one = (before: number): number => (advances ? before + 1 : Math.max(1, before));
  return {
    ...rest,
    passes: verdict === "pass" ? one(base.passes) : 0,
    fails: verdict === "fail" ? one(base.fails) : 0,
    dwell: base.dwell + (advances ? 1 : 0),
    period: Math.max(period, base.period),
  };
}

/** Held below the next stage by time: its cooldown, or a streak that is not long enough. */
function tooEarly(base: StageState, { campaign }: WorldConfig, period: number): StageState | undefined {
  if (base.until !== undefined && period < base.until)
    return { ...base, hold: "cooldown", reason: `${base.reason}; it cools down until ${iso(base.until)}` };
  if (base.passes < campaign.promoteAfter)
    return {
      ...base,
      hold: "promote-after",
      reason: `${base.reason}; for ${base.passes} of ${periods(campaign.promoteAfter)}`,
    };
  return undefined;
}

/** One stage down, and a cooldown. */
export function demoted(base: StageState, { campaign }: WorldConfig, period: number, reason: string): StageState {
  const to: Stage = base.stage === "paper" ? "backtest" : "paper";
  const { approved: _, ...rest } = moved(base, to, period, reason);
  return campaign.cooldown > 0 ? { ...rest, until: period + campaign.cooldown } : rest;
}

export function moved(base: StageState, to: Stage, period: number, reason: string): StageState {
  const { hold: _, ...rest } = base;
  return { ...rest, stage: to, passes: 0, fails: 0, dwell: 0, moved: { period, from: base.stage }, reason };
}

function stays(state: StageState, reason = state.reason): Next {
  return { kind: "stays", state: { ...state, reason } };
}

function held(state: StageState, hold: Hold, reason: string): Next {
  return { kind: "stays", state: { ...state, hold, reason } };
}

function periods(count: number): string {
  return `${count} period${count === 1 ? "" : "s"}`;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
