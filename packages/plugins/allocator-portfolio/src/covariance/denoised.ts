import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { type Square, square } from "../cholesky.ts";
import { correlationOf, deviationsOf } from "./moments.ts";
import { sampleCovariance } from "./sample.ts";

export interface Denoised {
  readonly covariance: Square;
  /** Eigenvalues of the correlations that are more than noise would give. */
  readonly signals: number;
}

/**
 * The sample covariance whose correlations keep the eigenvalues above the Marchenko-Pastur edge `(1 + sqrt(N / T))^2`; those below
 * become their mean.
 *
 * @see Laloux, Cizeau, Bouchaud & Potters (1999), Noise Dressing of Financial Correlation Matrices
 * @see Lopez de Prado (2020), Machine Learning for Asset Managers, section 2.5.1
 */
export function denoisedCovariance(series: readonly Float64Array[]): Denoised {
  const sample = sampleCovariance(series);
  const { size } = sample;
  const deviations = deviationsOf(sample);
  const correlation = correlationOf(sample, deviations);
  const rows = Array.from({ length: size }, (_, i) => correlation.values.slice(i * size, (i + 1) * size));
  const { realEigenvalues: eigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(new Matrix(rows), {
    assumeSymmetric: true,
  });
  const edge = (1 + Math.sqrt(size / (series[0]?.length ?? 1))) ** 2;
  const noise = eigenvalues.filter((value) => value <= edge);
  const level = noise.reduce((sum, value) => sum + value, 0) / Math.max(1, noise.length);
  const kept = eigenvalues.map((value, k) => ({ value, k })).filter(({ value }) => value > edge);

  const clean = square(size);
  const signals = kept.map(({ value, k }) =>
    Float64Array.from({ length: size }, (_, i) => Math.sqrt(value - level) * eigenvectorMatrix.get(i, k)),
  );
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? level : 0;
      for (const signal of signals) sum += signal[i]! * signal[j]!;
      clean.values[i * size + j] = sum;
    }
  const scale = deviations.map((deviation, i) => deviation / Math.sqrt(clean.values[i * size + i]!));
  const covariance = square(size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      const value = clean.values[i * size + j]! * scale[i]! * scale[j]!;
      covariance.values[i * size + j] = value;
      covariance.values[j * size + i] = value;
    }
  return { covariance, signals: kept.length };
}
