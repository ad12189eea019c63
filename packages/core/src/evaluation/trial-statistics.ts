import type { TrialStatistics } from "../plugin/contract/evaluator.ts";
import { moments } from "./moments.ts";

/**
 * What the world's ledger keeps of one trial. Returns that do not vary, or hold a value that is not finite, have no Sharpe ratio:
 * the trial still counts.
 */
export function trialStatistics(evalKey: string, returns: Float64Array): TrialStatistics {
  const { count, mean, deviation, skew, kurtosis, varies } = moments(returns);
  const sharpe = mean / deviation;
  if (!varies || !Number.isFinite(sharpe) || !Number.isFinite(skew) || !Number.isFinite(kurtosis))
    return { evalKey, periods: count };
  return { evalKey, periods: count, sharpe, skew, kurtosis };
}
