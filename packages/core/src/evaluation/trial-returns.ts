import type { TrialReturns, TrialScope, TrialsLeftOut } from "../plugin/contract/evaluator.ts";
import { commonWindow, type ReturnSeries } from "./common-window.ts";

/** The returns of one trial; finite, by strictly ascending ends of their periods. */
export interface TrialSeries extends ReturnSeries {
  readonly evalKey: string;
  readonly strategy: string;
}

/** The trials of a scope as they were stored, and how many of it are missing. */
export interface TrialPool {
  readonly series: readonly TrialSeries[];
  readonly leftOut: Omit<TrialsLeftOut, "apart">;
}

/** What may be asked for, by scope. */
export type TrialPools = Readonly<Partial<Record<TrialScope, TrialPool>>>;

/** A trial that has less than this share of the run's periods does not narrow the common window. */
const LEAST_SHARE = 0.5;

/**
 * Lays the trials beside the run `self`: those that have at least half of its periods, at the periods that all of these have. The
 * order of the pool does not count.
 */
export function alignTrials(scope: TrialScope, { series, leftOut }: TrialPool, self: string): TrialReturns {
  const own = series.find(({ evalKey }) => evalKey === self);
  if (own === undefined)
    return { scope, times: new Float64Array(0), trials: [], leftOut: { ...leftOut, apart: series.length } };
  const near = series
    .filter((one) => sharedPeriods(own.times, one.times) >= LEAST_SHARE * own.times.length)
    .sort((a, b) => (a.evalKey < b.evalKey ? -1 : 1));
  const [times, ...aligned] = commonWindow([{ times: own.times, returns: own.times }, ...near]);
  return {
    scope,
    times: times!,
    trials: near.map(({ evalKey, strategy }, i) => ({ evalKey, strategy, returns: aligned[i]! })),
    leftOut: { ...leftOut, apart: series.length - near.length },
  };
}

function sharedPeriods(a: Float64Array, b: Float64Array): number {
  if (a === b) return a.length;
  let shared = 0;
  let at = 0;
  for (const time of a) {
    while (at < b.length && b[at]! < time) at++;
    if (b[at] === time) shared++;
  }
  return shared;
}
