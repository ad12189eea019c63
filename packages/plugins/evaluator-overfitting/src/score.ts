/** A deviation below this share of the root mean square is rounding. */
const LEAST_VARIANCE = 1e-12;

/** Running sums of a trial's returns and of their squares: entry t is over the first t periods. */
export interface PrefixSums {
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

export function prefixSums(returns: Float64Array): PrefixSums {
  const sums = new Float64Array(returns.length + 1);
  const squares = new Float64Array(returns.length + 1);
  for (let t = 0; t < returns.length; t++) {
    const value = returns[t]!;
    sums[t + 1] = sums[t]! + value;
    squares[t + 1] = squares[t]! + value * value;
  }
  return { sums, squares };
}

/**
 * Sharpe ratio per period from a number of returns (at least 2), their sum, and the sum of their squares. A ratio that splits are
 * compared by has to exist: returns that are all zero have 0, and a deviation too small to tell from rounding counts as a
 * millionth of the root mean square.
 */
export function sharpeScore(count: number, sum: number, squares: number): number {
  const mean = sum / count;
  const variance = (squares - sum * mean) / (count - 1);
  const score = mean / Math.sqrt(Math.max(variance, (LEAST_VARIANCE * squares) / count));
  return Number.isFinite(score) ? score : 0;
}

/** Ends of `parts` stretches of nearly equal length, with a leading 0: the first `bounds[1]` periods are the first part. */
export function evenBounds(periods: number, parts: number): readonly number[] {
  return Array.from({ length: parts + 1 }, (_, part) => Math.floor((part * periods) / parts));
}

/** The index of the largest value; the first of equals. */
export function indexOfBest(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
