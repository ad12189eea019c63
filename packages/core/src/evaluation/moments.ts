/** What the ledger keeps of the distribution of per-period returns. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation, ddof 1. `NaN` with fewer than two values. */
  readonly deviation: number;
  /** Population skewness, m3 / m2^(3/2). `NaN` where the values do not vary. */
  readonly skew: number;
  /** Population kurtosis, m4 / m2², raw: 3 for a normal distribution. `NaN` where the values do not vary. */
  readonly kurtosis: number;
  /** The values differ by more than the rounding of returns that were divided out of an equity curve. */
  readonly varies: boolean;
}

/** Rounding of `equity[t] / equity[t-1] - 1`, whatever the size of the return. */
const ROUNDING = 1e-15;
/** Rounding in relation to the values, for returns of any scale. */
const RELATIVE_ROUNDING = 1e-12;

/**
 * Two passes, the second corrected for the rounding of the mean.
 *
 * @see Chan, Golub & LeVeque (1983), "Algorithms for Computing the Sample Variance", The American Statistician 37(3)
 */
export function moments(values: Float64Array): Moments {
  const count = values.length;
  let sum = 0;
  let largest = 0;
  for (const value of values) {
    sum += value;
    largest = Math.max(largest, Math.abs(value));
  }
  const mean = sum / count;
  let rest = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (const value of values) {
    const distance = value - mean;
    const square = distance * distance;
    rest += distance;
    second += square;
    third += square * distance;
    fourth += square * square;
  }
  second -= (rest * rest) / count;
  const deviation = count < 2 ? Number.NaN : Math.sqrt(Math.max(0, second) / (count - 1));
  const varies = deviation > Math.max(ROUNDING, largest * RELATIVE_ROUNDING);
  const variance = second / count;
  return {
    count,
    mean,
    deviation,
    skew: varies ? third / count / variance ** 1.5 : Number.NaN,
    kurtosis: varies ? fourth / count / (variance * variance) : Number.NaN,
    varies,
  };
}
