import cdf from "@stdlib/stats-base-dists-normal-cdf";
import quantile from "@stdlib/stats-base-dists-normal-quantile";

/** Standard normal probability of a value at or below `x`. */
export function normalCdf(x: number): number {
  return cdf(x, 0, 1);
}

/** The value that a standard normal variable stays below with probability `p`, 0 < p < 1. Good to 1e-9 for p in [1e-7, 1 - 1e-7], coarser beyond. */
export function normalQuantile(p: number): number {
  return quantile(p, 0, 1);
}
