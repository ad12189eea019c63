/** By row, the return to a later close, and the row at whose close it is known; NaN and -1 where there is none. */
export interface ForwardReturns {
  readonly value: Float64Array;
  readonly known: Int32Array;
}

/**
 * The return from each row's close to that `bars` rows later. It looks ahead by definition: a row may be used for training only from `known`
 * on. A row has none where one of the two closes is missing or not above 0.
 *
 * @example
 * forwardReturns(Float64Array.of(100, 101, 99), 1).value; // 0.01, -0.0198…, NaN
 */
export function forwardReturns(closes: Float64Array, bars: number): ForwardReturns {
  const rows = closes.length;
  const value = new Float64Array(rows).fill(Number.NaN);
  const known = new Int32Array(rows).fill(-1);
  for (let row = 0; row + bars < rows; row++) {
    const entry = closes[row]!;
    const exit = closes[row + bars]!;
    if (!(entry > 0 && exit > 0 && entry < Number.POSITIVE_INFINITY && exit < Number.POSITIVE_INFINITY)) continue;
    value[row] = (exit - entry) / entry;
    known[row] = row + bars;
  }
  return { value, known };
}
