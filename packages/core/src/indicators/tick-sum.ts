import type { ColumnArray } from "../schema/cell.ts";

/**
 * Sums of the last `bars` rows of a column whose values are declared to be multiples of a grid (an instrument's tick), exact: each value
 * is the whole number of its steps, and sums of whole numbers do not round. Equal averages are then equal numbers, whatever their
 * windows are and wherever the data began.
 *
 * A declaration is no proof: adjusted prices leave the grid, a feed may err. So each window is looked at by itself. Where all of its
 * values lie on the grid, to within the rounding of a double, it is summed in steps; else its anchored sum stands. Which of the two it is
 * follows from the values in the window alone, so no later row and no earlier one changes it.
 */
export interface TickSum {
  readonly grid: number;
  /** Steps in 1 where that is a whole number (100 for a grid of 0.01), else 0. */
  readonly perUnit: number;
  /** Steps above which a sum of `bars` of them could round. */
  readonly most: number;
  /** The steps of the last `bars` rows; `NaN` for a value off the grid. */
  readonly ring: Float64Array;
  cursor: number;
  /** Rows so far, counted up to `bars`. */
  seen: number;
  /** Rows of the window that are off the grid. */
  off: number;
  /** [0] is the sum of the others; a float field that changes would be allocated again and again. */
  readonly steps: Float64Array;
}

/** A double is this close to the number that it stands for, and so is the product of steps and grid, relative to its size. */
const ROUNDING = 2 ** -50;

export function createTickSum(bars: number, grid: number): TickSum {
  const inverse = Math.round(1 / grid);
  return {
    grid,
    perUnit: inverse >= 1 && Math.abs(inverse * grid - 1) <= ROUNDING ? inverse : 0,
    most: Number.MAX_SAFE_INTEGER / bars,
    ring: new Float64Array(bars),
    cursor: 0,
    seen: 0,
    off: 0,
    steps: new Float64Array(1),
  };
}

/** The whole number of steps of a value; `NaN` for one that is off the grid. */
export function stepsOf({ grid, most }: Pick<TickSum, "grid" | "most">, value: number): number {
  const steps = Math.round(value / grid);
  return Math.abs(value - steps * grid) <= Math.abs(value) * ROUNDING && Math.abs(steps) <= most ? steps : Number.NaN;
}

/** Overwrites the sums (by `divisor`) of the windows that lie on the grid. */
export function writeTickSums(
  state: TickSum,
  values: ColumnArray,
  output: ColumnArray,
  divisor: number,
  from: number,
  to: number,
): void {
  const { ring, perUnit, grid } = state;
  const bars = ring.length;
  let { cursor, seen, off } = state;
  let sum = state.steps[0]!;
  for (let row = from; row < to; row++) {
    if (seen === bars) {
      const gone = ring[cursor]!;
      if (Number.isNaN(gone)) off--;
      else sum -= gone;
    } else seen++;
    const steps = stepsOf(state, values[row]!);
    if (Number.isNaN(steps)) off++;
    else sum += steps;
    ring[cursor] = steps;
    cursor = cursor + 1 === bars ? 0 : cursor + 1;
    // One division of whole numbers rounds once: the double that is nearest to the average.
    if (off === 0 && seen === bars) output[row] = perUnit > 0 ? sum / (divisor * perUnit) : (sum / divisor) * grid;
  }
  state.cursor = cursor;
  state.seen = seen;
  state.off = off;
  state.steps[0] = sum;
}

// Of a single row, which no other call keeps.
const oneValue = new Float64Array(1);
const oneSum = new Float64Array(1);

/** The same for one row: its sum, or `other` where its window is not full, or not on the grid. */
export function nextTickSum(state: TickSum, value: number, divisor: number, other: number): number {
  oneValue[0] = value;
  oneSum[0] = other;
  writeTickSums(state, oneValue, oneSum, divisor, 0, 1);
  return oneSum[0];
}
