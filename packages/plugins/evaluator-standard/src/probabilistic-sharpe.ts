import type { Figure } from "@qmtl/core/plugin";
import { figure, missing } from "./figure.ts";
import { normalCdf, normalQuantile } from "./normal.ts";

/** An estimated Sharpe ratio per period, and the shape of the returns it was estimated from. */
export interface SharpeEstimate {
  /** Per period, not annualised. */
  readonly sharpe: number;
  readonly skew: number;
  /** Raw: 3 for a normal distribution. */
  readonly kurtosis: number;
}

/** (T - 1) times the variance of the estimator, for returns that need not be normal. */
function spread({ sharpe, skew, kurtosis }: SharpeEstimate): number {
  return 1 - skew * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe;
}

/**
 * Variance of an estimated per-period Sharpe ratio: (1 - γ3·SR + (γ4 - 1)/4·SR²) / (T - 1).
 *
 * @see Bailey & López de Prado (2012), "The Sharpe Ratio Efficient Frontier", Journal of Risk 15(2), after Mertens (2002)
 */
export function sharpeVariance(estimate: SharpeEstimate, periods: number): Figure {
  if (periods < 2) return missing(`${periods} returns are too few to know the error of a Sharpe ratio`);
  const variance = spread(estimate) / (periods - 1);
  return variance > 0
    ? figure(variance)
    : missing("skew and kurtosis leave the Sharpe ratio without a positive variance");
}

/**
 * Probability that the true Sharpe ratio is above `benchmark` (per period): Φ((SR - SR*) / σ(SR)).
 *
 * @see Bailey & López de Prado (2012), equation 8
 * @example
 * probabilisticSharpe({ sharpe: 0.1, skew: 0, kurtosis: 3 }, { periods: 250, benchmark: 0 }); // about 0.942
 */
export function probabilisticSharpe(
  estimate: SharpeEstimate,
  against: { readonly periods: number; readonly benchmark: number },
): Figure {
  const variance = sharpeVariance(estimate, against.periods);
  if (variance.kind === "undefined") return variance;
  return figure(normalCdf((estimate.sharpe - against.benchmark) / Math.sqrt(variance.value)));
}

/**
 * Periods it takes until the estimate is above `benchmark` (per period) with probability `confidence`:
 * 1 + (1 - γ3·SR + (γ4 - 1)/4·SR²)·(Φ⁻¹(confidence) / (SR - SR*))².
 *
 * @see Bailey & López de Prado (2012), equation 11
 */
export function minTrackRecordLength(
  estimate: SharpeEstimate,
  against: { readonly benchmark: number; readonly confidence: number },
): Figure {
  const distance = estimate.sharpe - against.benchmark;
  if (!(distance > 0)) return missing("the Sharpe ratio is not above the benchmark, so no length would be enough");
  const factor = spread(estimate);
  if (!(factor > 0)) return missing("skew and kurtosis leave the Sharpe ratio without a positive variance");
  return figure(1 + factor * (normalQuantile(against.confidence) / distance) ** 2);
}
