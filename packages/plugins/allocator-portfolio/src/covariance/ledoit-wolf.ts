import { type Square, square } from "../cholesky.ts";
import { centred, deviationsOf, products } from "./moments.ts";

export interface Shrunk {
  readonly covariance: Square;
  /** Weight of the target, 0 to 1. */
  readonly shrinkage: number;
}

/**
 * The sample covariance shrunk toward one with the same variances and the mean correlation everywhere.
 *
 * @see Ledoit & Wolf (2004), Honey, I Shrunk the Sample Covariance Matrix, appendix B
 */
export function shrinkToConstantCorrelation(series: readonly Float64Array[]): Shrunk {
  const rows = centred(series);
  const size = rows.length;
  const periods = rows[0]?.length ?? 0;
  const sample = products(rows, 1 / periods);
  const deviations = deviationsOf(sample);
  const at = (i: number, j: number): number => sample.values[i * size + j]!;
  let correlations = 0;
  for (let i = 0; i < size; i++)
    for (let j = 0; j < i; j++) correlations += at(i, j) / (deviations[i]! * deviations[j]!);
  const mean = size < 2 ? 0 : (2 * correlations) / (size * (size - 1));
  const target = square(size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      target.values[i * size + j] = i === j ? at(i, i) : mean * deviations[i]! * deviations[j]!;

  // How much the entries of the sample vary, and how much they vary together with those of the target. Sums over pairs of strategies
  // are products of sums over strategies, period by period.
  let fourth = 0;
  let own = 0;
  let crossed = 0;
  for (let t = 0; t < periods; t++) {
    let squares = 0;
    let weighted = 0;
    for (let i = 0; i < size; i++) {
      const value = rows[i]![t]!;
      squares += value * value;
      weighted += deviations[i]! * value;
    }
    fourth += squares * squares;
    for (let i = 0; i < size; i++) {
      const value = rows[i]![t]!;
      const squared = value * value;
      own += squared * squared;
      crossed += (squared * value * (weighted - deviations[i]! * value)) / deviations[i]!;
    }
  }
  let squared = 0;
  let diagonal = 0;
  let distance = 0;
  let spread = 0;
  for (let i = 0; i < size; i++) {
    diagonal += at(i, i) ** 2;
    for (let j = 0; j < size; j++) {
      squared += at(i, j) ** 2;
      distance += (at(i, j) - target.values[i * size + j]!) ** 2;
      if (i !== j) spread += at(i, i) * at(i, j) * (deviations[j]! / deviations[i]!);
    }
  }
  const variation = fourth / periods - squared;
  const together = own / periods - diagonal + mean * (crossed / periods - spread);
  return blend(sample, target, distance === 0 ? 0 : (variation - together) / distance / periods);
}

/**
 * The sample covariance shrunk toward the mean variance on the diagonal and 0 elsewhere.
 *
 * @see Ledoit & Wolf (2004), A Well-Conditioned Estimator for Large-Dimensional Covariance Matrices
 */
export function shrinkToIdentity(series: readonly Float64Array[]): Shrunk {
  const rows = centred(series);
  const size = rows.length;
  const periods = rows[0]?.length ?? 0;
  const sample = products(rows, 1 / periods);
  let trace = 0;
  let squared = 0;
  for (let i = 0; i < size; i++) trace += sample.values[i * size + i]!;
  for (const value of sample.values) squared += value * value;
  let fourth = 0;
  for (let t = 0; t < periods; t++) {
    let squares = 0;
    for (let i = 0; i < size; i++) squares += rows[i]![t]! * rows[i]![t]!;
    fourth += squares * squares;
  }
  const target = square(size);
  for (let i = 0; i < size; i++) target.values[i * size + i] = trace / size;
  const distance = squared - (trace * trace) / size;
  return blend(sample, target, distance <= 0 ? 0 : (fourth / periods - squared) / periods / distance);
}

function blend(sample: Square, target: Square, weight: number): Shrunk {
  const shrinkage = Math.min(1, Math.max(0, weight));
  const values = sample.values.map((value, k) => (1 - shrinkage) * value + shrinkage * target.values[k]!);
  return { covariance: { size: sample.size, values }, shrinkage };
}
