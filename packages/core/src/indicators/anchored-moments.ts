import type { ColumnArray } from "../schema/cell.ts";
import type { KernelParams } from "../strategy/kernel.ts";
import {
  type AnchoredRows,
  blankRows,
  blockStop,
  createAnchoredRows,
  enterBlock,
  gatherRows,
  keepRows,
} from "./anchored-rows.ts";

/**
 * First and second moments of the last `bars` rows, of data shifted by the block's first row. That row lies in every window of
 * the block, so the shift is never far from the mean in standard deviations, and the textbook formula loses no digits to
 * cancellation (Chan, Golub and LeVeque 1983, "Algorithms for Computing the Sample Variance", section 3: its error grows with
 * 1 + (mean - shift)^2 / variance, here at most 1 + bars). A constant window has exactly no variance.
 */
export interface AnchoredMoments {
  readonly rows: AnchoredRows;
  /** By rows in the block: sums of the shifted values, and of their squares, before the block. */
  readonly before: Float64Array;
  readonly beforeSquares: Float64Array;
  /** Shift, sum and sum of squares of the block's rows so far. */
  readonly within: Float64Array;
}

export function createAnchoredMoments(params: KernelParams): AnchoredMoments {
  const rows = createAnchoredRows(params);
  return {
    rows,
    before: new Float64Array(rows.bars),
    beforeSquares: new Float64Array(rows.bars),
    within: new Float64Array(3),
  };
}

/**
 * Of the last `bars` rows: the newest minus their mean, and the sum of their squared deviations from it; `NaN` while there are
 * fewer.
 */
export function runAnchoredMoments(
  state: AnchoredMoments,
  values: ColumnArray,
  deviation: ColumnArray,
  squares: ColumnArray,
  from: number,
  to: number,
  stamps: Float64Array,
): void {
  const { rows, before, beforeSquares, within } = state;
  const { bars } = rows;
  let end = rows.end;
  let inBlock = rows.inBlock;
  let shift = within[0]!;
  let sum = within[1]!;
  let sumSquares = within[2]!;
  for (let row = from; row < to; ) {
    if (!(stamps[row]! < end)) {
      enterBlock(rows, stamps, row);
      end = rows.end;
      inBlock = 0;
      shift = values[row]!;
      sum = 0;
      sumSquares = 0;
      anchor(state, values, from, row);
    }
    const stop = blockStop(rows, stamps, row, Math.min(to, row + bars - 1 - inBlock));
    for (; row < stop; row++) {
      const shifted = values[row]! - shift;
      sum += shifted;
      sumSquares += shifted * shifted;
      const all = before[++inBlock]! + sum;
      deviation[row] = shifted - all / bars;
      squares[row] = Math.max(0, beforeSquares[inBlock]! + sumSquares - (all * all) / bars);
    }
    if (row < to && stamps[row]! < end) {
      const shifted = values[row]! - shift;
      sum += shifted;
      sumSquares += shifted * shifted;
      if (++inBlock === bars) {
        deviation[row] = shifted - sum / bars;
        squares[row] = Math.max(0, sumSquares - (sum * sum) / bars);
      } else afresh(rows, values, deviation, squares, from, row);
      row++;
    }
  }
  rows.inBlock = inBlock;
  within[0] = shift;
  within[1] = sum;
  within[2] = sumSquares;
  blankRows(rows, deviation, from, to);
  blankRows(rows, squares, from, to);
  keepRows(rows, values, from, to);
}

function anchor(
  { rows, before, beforeSquares }: AnchoredMoments,
  values: ColumnArray,
  from: number,
  row: number,
): void {
  const rest = rows.bars - 1;
  const recent = gatherRows(rows, values, from, row, rest);
  const shift = values[row]!;
  let sum = 0;
  let sumSquares = 0;
  for (let inBlock = rest; inBlock > 0; inBlock--) {
    const shifted = recent[inBlock - 1]! - shift;
    sum += shifted;
    sumSquares += shifted * shifted;
    before[inBlock] = sum;
    beforeSquares[inBlock] = sumSquares;
  }
}

function afresh(
  rows: AnchoredRows,
  values: ColumnArray,
  deviation: ColumnArray,
  squares: ColumnArray,
  from: number,
  row: number,
): void {
  const { bars } = rows;
  const recent = gatherRows(rows, values, from, row + 1, bars);
  const shift = recent[0]!;
  let sum = 0;
  let sumSquares = 0;
  let shifted = 0;
  for (let at = 0; at < bars; at++) {
    shifted = recent[at]! - shift;
    sum += shifted;
    sumSquares += shifted * shifted;
  }
  deviation[row] = shifted - sum / bars;
  squares[row] = Math.max(0, sumSquares - (sum * sum) / bars);
}
