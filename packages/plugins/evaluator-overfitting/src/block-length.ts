import * as z from "@qmtl/core/zod";
import { quantileOf } from "./quantile.ts";

/** Autocorrelations within this many standard errors (of log10 n over n) count as none. */
const SIGNIFICANT = 2;
const LEAST_RUN = 5;

/** `auto`, or a mean block length in periods. */
export const blockSchema = z.union([z.literal("auto"), z.number().min(1)]).default("auto");

/** The stated length, or the median of those that fit the series; at most their length. */
export function blockLengthOf(block: z.output<typeof blockSchema>, series: readonly Float64Array[]): number {
  if (block !== "auto") return Math.min(block, series[0]!.length);
  return quantileOf(Float64Array.from(series, automaticBlockLength).sort(), 0.5);
}

/**
 * The mean block length at which the stationary bootstrap estimates the variance of a mean best: (2·G² / D)^(1/3)·n^(1/3) with
 * G = Σ λ(k/M)·|k|·R(k), D = 2·(Σ λ(k/M)·R(k))², λ the flat-top window, R the autocovariances, and M twice the first lag after which
 * max(5, √log10 n) autocorrelations in a row are insignificant. At least 1, at most min(3·√n, n/3). 1 where the series does not vary.
 *
 * @see Politis & White (2004), "Automatic Block-Length Selection for the Dependent Bootstrap", Econometric Reviews 23(1), as corrected by
 *   Patton, Politis & White (2009), Econometric Reviews 28(4)
 */
export function automaticBlockLength(values: Float64Array): number {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const centered = values.map((value) => value - mean);
  const run = Math.max(LEAST_RUN, Math.ceil(Math.sqrt(Math.log10(count))));
  const most = Math.min(Math.ceil(Math.sqrt(count)) + run, count - 1);
  const covariances = Array.from({ length: most + 1 }, (_, lag) => autocovariance(centered, lag));
  const variance = covariances[0]!;
  if (!(variance > 0)) return 1;
  const bound = SIGNIFICANT * Math.sqrt(Math.log10(count) / count);
  const lags = Math.min(2 * Math.max(1, lastSignificantLag(covariances, bound * variance, run)), most);
  let weighted = 0;
  let spectrum = variance;
  for (let lag = 1; lag <= lags; lag++) {
    const share = lag / lags;
    const term = 2 * (share <= 0.5 ? 1 : 2 * (1 - share)) * covariances[lag]!;
    weighted += lag * term;
    spectrum += term;
  }
  const length = Math.cbrt((weighted / spectrum) ** 2 * count);
  const longest = Math.max(1, Math.min(3 * Math.sqrt(count), count / 3));
  return Number.isFinite(length) ? Math.min(longest, Math.max(1, length)) : longest;
}

/** The first lag that is followed by `run` insignificant ones; the last known where none is. */
function lastSignificantLag(covariances: readonly number[], bound: number, run: number): number {
  for (let lag = 0; lag + run < covariances.length; lag++)
    if (covariances.slice(lag + 1, lag + 1 + run).every((value) => Math.abs(value) < bound)) return lag;
  return covariances.length - 1;
}

function autocovariance(centered: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < centered.length; i++) sum += centered[i]! * centered[i - lag]!;
  return sum / centered.length;
}
