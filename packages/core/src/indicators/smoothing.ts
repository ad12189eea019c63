import type { ColumnArray } from "../schema/cell.ts";

/** An exponentially forgetting average of the finite values of a column, seeded with the mean of its first `bars`. */
export interface Smoothing {
  readonly bars: number;
  readonly gain: number;
  /** Finite values so far, counted up to `bars`; below 0 while some are left out before the seed. */
  seen: number;
  /** [0] is the sum of the first `bars` values, then the average. */
  readonly average: Float64Array;
}

/** @param skip finite values that are left out before the seed, where two averages have to begin on the same row */
export function createSmoothing(bars: number, gain: number, skip = 0): Smoothing {
  return { bars, gain, seen: 0 - skip, average: new Float64Array(1) };
}

/** The gain of an average that is named by its bars: `2 / (bars + 1)`. */
export function gainOf(bars: number): number {
  return 2 / (bars + 1);
}

/** `a += (x - a) * gain`; a value that is not finite gives `NaN` and leaves the average as it was. In place where the columns are one. */
export function runSmoothing(
  state: Smoothing,
  values: ColumnArray,
  output: ColumnArray,
  from: number,
  to: number,
): void {
  const { bars, gain } = state;
  let average = state.average[0]!;
  let { seen } = state;
  for (let row = from; row < to; row++) {
    const x = values[row]!;
    if (x - x !== 0) output[row] = Number.NaN;
    else if (seen < bars) {
      if (seen >= 0) average += x;
      if (++seen === bars) average /= bars;
      output[row] = seen === bars ? average : Number.NaN;
    } else {
      average += (x - average) * gain;
      output[row] = average;
    }
  }
  state.average[0] = average;
  state.seen = seen;
}
