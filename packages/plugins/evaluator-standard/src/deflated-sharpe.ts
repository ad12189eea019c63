import type { Figure, TrialStatistics } from "@qmtl/core/plugin";
import { missing } from "./figure.ts";
import { normalQuantile } from "./normal.ts";
import { probabilisticSharpe, type SharpeEstimate, sharpeVariance } from "./probabilistic-sharpe.ts";

const EULER_MASCHERONI = 0.5772156649015329;

/** What a Sharpe ratio is deflated by. */
export interface Deflation {
  /** Trials that count: those of the ledger with enough periods, at least 1. */
  readonly trials: number;
  /** Variance of the trials' per-period Sharpe ratios. */
  readonly variance: number;
  /** Where the variance comes from: the ledger, or the estimator's own because fewer than two trials that count have a Sharpe ratio. */
  readonly basis: "ledger" | "estimator";
  /** The Sharpe ratio per period that the best of so many worthless trials is expected to show. */
  readonly benchmark: number;
}

/**
 * Expected maximum of `trials` independent estimates with a true Sharpe ratio of zero:
 * √V·((1 - γ)·Φ⁻¹(1 - 1/N) + γ·Φ⁻¹(1 - 1/(N·e))). One trial is no selection: 0.
 *
 * @see Bailey & López de Prado (2014), "The Deflated Sharpe Ratio", Journal of Portfolio Management 40(5), equation 6
 */
export function expectedMaximumSharpe(trials: number, variance: number): number {
  if (trials <= 1) return 0;
  return (
    Math.sqrt(variance) *
    ((1 - EULER_MASCHERONI) * normalQuantile(1 - 1 / trials) +
      EULER_MASCHERONI * normalQuantile(1 - 1 / (trials * Math.E)))
  );
}

/** N and V from the ledger, whose trials with fewer than `minTrialPeriods` periods do not count. */
export function deflation(
  estimate: SharpeEstimate,
  periods: number,
  ledger: { readonly trials: readonly TrialStatistics[]; readonly minTrialPeriods: number },
): Deflation | string {
  const counted = ledger.trials.filter((trial) => trial.periods >= ledger.minTrialPeriods);
  const sharpes = counted.flatMap((trial) => (trial.sharpe === undefined ? [] : [trial.sharpe])).sort((a, b) => a - b);
  const trials = Math.max(1, counted.length);
  if (sharpes.length >= 2) {
    const variance = sampleVariance(sharpes);
    return { trials, variance, basis: "ledger", benchmark: expectedMaximumSharpe(trials, variance) };
  }
  const own = sharpeVariance(estimate, periods);
  if (own.kind === "undefined") return own.because;
  return { trials, variance: own.value, basis: "estimator", benchmark: expectedMaximumSharpe(trials, own.value) };
}

/**
 * Probability that the true Sharpe ratio is above what the best of the world's trials would show by luck.
 *
 * @see Bailey & López de Prado (2014), equation 7
 */
export function deflatedSharpe(estimate: SharpeEstimate, periods: number, by: Deflation | string): Figure {
  return typeof by === "string" ? missing(by) : probabilisticSharpe(estimate, { periods, benchmark: by.benchmark });
}

function sampleVariance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
