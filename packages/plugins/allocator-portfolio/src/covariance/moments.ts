import { type Square, square } from "../cholesky.ts";

/** Each series less its mean. */
export function centred(series: readonly Float64Array[]): readonly Float64Array[] {
  return series.map((one) => {
    const mean = meanOf(one);
    return one.map((value) => value - mean);
  });
}

export function meanOf(series: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < series.length; t++) sum += series[t]!;
  return sum / series.length;
}

/** Sums of products of every two series, times `factor`. */
export function products(series: readonly Float64Array[], factor: number): Square {
  const size = series.length;
  const { values } = square(size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      const value = factor * product(series[i]!, series[j]!);
      values[i * size + j] = value;
      values[j * size + i] = value;
    }
  return { size, values };
}

/** Four sums side by side: they don't wait for each other. */
function product(a: Float64Array, b: Float64Array): number {
  const whole = a.length - (a.length % 4);
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let t = 0; t < whole; t += 4) {
    s0 += a[t]! * b[t]!;
    s1 += a[t + 1]! * b[t + 1]!;
    s2 += a[t + 2]! * b[t + 2]!;
    s3 += a[t + 3]! * b[t + 3]!;
  }
  for (let t = whole; t < a.length; t++) s0 += a[t]! * b[t]!;
  return s0 + s1 + (s2 + s3);
}

export function deviationsOf({ size, values }: Square): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => Math.sqrt(values[i * size + i]!));
}

/** The correlations of a covariance whose variances are above 0. */
export function correlationOf({ size, values }: Square, deviations: Float64Array): Square {
  const correlation = square(size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      correlation.values[i * size + j] = i === j ? 1 : values[i * size + j]! / (deviations[i]! * deviations[j]!);
  return correlation;
}
