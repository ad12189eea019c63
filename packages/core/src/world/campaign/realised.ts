import { moments } from "../../evaluation/moments.ts";
import { sharpeVariance } from "../../evaluation/sharpe-variance.ts";
import type { TrialStatistics } from "../../plugin/contract/evaluator.ts";
import { say } from "../../policy/wording.ts";
import { canonicalJson } from "../../schema/canonical.ts";
import type { RealisedRecord } from "../record.ts";
import type { RealisedBounds, RealisedRules, StageFinding, StageState } from "./campaign.ts";

type Realised = ReadonlyMap<string, readonly RealisedRecord[]>;
type Run = Pick<RealisedRecord, "strategy" | "version" | "params">;

/** The newest returns that runners of a version realised in a domain up to a period, one per evaluation period. */
export function realisedReturns(
  realised: Realised,
  of: Run & Pick<RealisedRecord, "domain" | "period"> & { readonly window: number },
): Float64Array {
  const byPeriod = new Map<number, number>();
  for (const one of evidenceOf(realised, of))
    if (one.domain === of.domain && one.period <= of.period && !byPeriod.has(one.period))
      byPeriod.set(one.period, one.return);
  const newest = [...byPeriod].sort(([a], [b]) => a - b).slice(-of.window);
  return Float64Array.from(newest, ([, value]) => value);
}

/** End of the last period that runners of a version realised in any domain, ms UTC; minus infinity where there is none. */
export function lastRealised(realised: Realised, of: Run): number {
  return evidenceOf(realised, of).reduce((last, { period }) => Math.max(last, period), Number.NEGATIVE_INFINITY);
}

/** What was replayed from a record is no evidence: it may have been known when the version was written. */
function evidenceOf(realised: Realised, of: Run): readonly RealisedRecord[] {
  const params = canonicalJson(of.params);
  return [...realised.values()].flatMap((records) =>
    records.filter(
      ({ strategy, version, feed, params: its }) =>
        strategy === of.strategy && version === of.version && feed === "live" && canonicalJson(its) === params,
    ),
  );
}

/**
 * Realised returns beside the backtest that promised them.
 *
 * - Deeper down than `maxDrawdown` speaks against the version.
 * - Fewer than `minSamples`, returns that do not vary, or a backtest without a Sharpe ratio are inconclusive.
 * - A Sharpe ratio more than `maxShortfall` standard errors of the difference below the backtest's speaks against it; one that reaches
 *   `minRatio` of the backtest's (all of it, where that is not above 0) speaks for it. Anything between is noise: inconclusive.
 *
 * @see Mertens (2002), "Comments on variance of the IID estimator in Lo (2002)", for the variance of a Sharpe ratio
 */
export function judgeRealised(
  returns: Float64Array,
  backtest: TrialStatistics | undefined,
  { minSamples, bounds }: Pick<RealisedRules, "minSamples"> & { readonly bounds: RealisedBounds },
): Pick<StageState, "verdict" | "reason" | "findings"> {
  const findings = [...drawdown(returns, bounds), ...samples(returns, minSamples)];
  if (findings.every(({ verdict }) => verdict === "pass")) findings.push(...sharpe(returns, backtest, bounds));
  const failed = findings.find(({ verdict }) => verdict === "fail");
  const open = findings.find(({ verdict }) => verdict === "inconclusive");
  const said = failed ?? open ?? findings.at(-1);
  return {
    verdict: failed !== undefined ? "fail" : open !== undefined ? "inconclusive" : "pass",
    reason: said?.reason ?? "Nothing was compared",
    findings,
  };
}

function drawdown(returns: Float64Array, { maxDrawdown }: RealisedBounds): readonly StageFinding[] {
  if (maxDrawdown === undefined) return [];
  let equity = 1;
  let peak = 1;
  let deepest = 0;
  for (const value of returns) {
    equity *= 1 + value;
    peak = Math.max(peak, equity);
    deepest = Math.max(deepest, 1 - equity / peak);
  }
  const deep = deepest > maxDrawdown;
  return [
    {
      rule: "drawdown",
      verdict: deep ? "fail" : "pass",
      ...figures("realised_max_drawdown", deepest, maxDrawdown),
      reason: `It fell by ${say(deepest)} from its peak, ${deep ? "more than" : "within"} ${say(maxDrawdown)}`,
    },
  ];
}

function samples({ length }: Float64Array, minSamples: number): readonly StageFinding[] {
  const few = length < minSamples;
  return [
    {
      rule: "samples",
      verdict: few ? "inconclusive" : "pass",
      ...figures("realised_samples", length, minSamples),
      reason: `It has realised ${length} of at least ${minSamples} periods${few ? `: ${minSamples - length} more to go` : ""}`,
    },
  ];
}

function sharpe(
  returns: Float64Array,
  backtest: TrialStatistics | undefined,
  { minRatio, maxShortfall }: RealisedBounds,
): readonly StageFinding[] {
  const promised = backtest?.sharpe;
  const { count, mean, deviation, skew, kurtosis, varies } = moments(returns);
  const unknown = (reason: string): readonly StageFinding[] => [
    { rule: "ratio", verdict: "inconclusive", metric: "realised_sharpe", bound: promised ?? 0, reason },
  ];
  if (backtest === undefined || promised === undefined)
    return unknown("The backtest has no Sharpe ratio to compare with");
  if (!varies) return unknown("What it realised does not vary, so it has no Sharpe ratio");
  const reached = mean / deviation;
  const error = Math.sqrt(
    sharpeVariance({ sharpe: reached, skew, kurtosis, periods: count }) +
      sharpeVariance({
        sharpe: promised,
        skew: backtest.skew ?? 0,
        kurtosis: backtest.kurtosis ?? 3,
        periods: backtest.periods,
      }),
  );
  const shortfall = (promised - reached) / error;
  if (!Number.isFinite(shortfall)) return unknown("Its periods are too few to tell it from the backtest");
  const worse = shortfall > maxShortfall;
  const bound = promised > 0 ? minRatio * promised : promised;
  const enough = reached >= bound;
  const beside = `Its Sharpe ratio per period of ${say(reached)}`;
  return [
    {
      rule: "shortfall",
      verdict: worse ? "fail" : "pass",
      ...figures("realised_sharpe_shortfall", shortfall, maxShortfall),
      reason: `${beside} is ${say(Math.abs(shortfall))} standard errors ${shortfall > 0 ? "below" : "above"} the backtest's ${say(promised)}${worse ? `, more than ${say(maxShortfall)}` : ""}`,
    },
    {
      rule: "ratio",
      verdict: enough ? "pass" : "inconclusive",
      ...figures("realised_sharpe", reached, bound),
      reason: `${beside} is ${enough ? "at or above" : "below"} the ${say(bound)} that the backtest asks for`,
    },
  ];
}

function figures(
  metric: string,
  value: number,
  bound: number,
): Pick<StageFinding, "metric" | "value" | "bound" | "distance"> {
  return { metric, value, bound, distance: Math.abs(value - bound) };
}
