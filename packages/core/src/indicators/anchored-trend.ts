import type { ColumnArray } from "../schema/cell.ts";
import type { KernelParams } from "../strategy/kernel.ts";
import { type AnchoredRows, blankRows, createAnchoredRows, enterBlock, gatherRows, keepRows } from "./anchored-rows.ts";

/**
 * The straight line of least squares through the last `bars` rows, in constant time per row, of data shifted by the block's first
 * row (see {@link AnchoredMoments} for why that keeps the digits). The row's number in the window, 1 for the oldest, is the other
 * variable: what lies before the block gives each of its rows a number that shrinks by one per row, what lies in it one that
 * grows, and both are kept by additions alone.
 */
export interface AnchoredTrend {
  readonly rows: AnchoredRows;
  /** By rows in the block, of the shifted values before the block: their sum, their sum times number, the sum of squares. */
  readonly before: Float64Array;
  readonly beforeRamp: Float64Array;
  readonly beforeSquares: Float64Array;
  /** Shift, and the same sums over the block's rows so far; numbers count from the block's first row here. */
  readonly within: Float64Array;
}

export function createAnchoredTrend(params: KernelParams): AnchoredTrend {
  const rows = createAnchoredRows(params);
  return {
    rows,
    before: new Float64Array(rows.bars),
    beforeRamp: new Float64Array(rows.bars),
    beforeSquares: new Float64Array(rows.bars),
    within: new Float64Array(4),
  };
}

/**
 * Of the last `bars` rows: their mean, the slope of their line per bar (0 for a single bar), and the sum of their squared
 * deviations from the mean; `NaN` while there are fewer.
 */
export function runAnchoredTrend(
  state: AnchoredTrend,
  values: ColumnArray,
  mean: ColumnArray,
  slope: ColumnArray,
  squares: ColumnArray,
  from: number,
  to: number,
  stamps: Float64Array,
): void {
  const { rows, before, beforeRamp, beforeSquares, within } = state;
  const { bars } = rows;
  const middle = (bars + 1) / 2;
  const steepness = bars === 1 ? 0 : 12 / (bars * (bars * bars - 1));
  let end = rows.end;
  let inBlock = rows.inBlock;
  let shift = within[0]!;
  let sum = within[1]!;
  let ramp = within[2]!;
  let sumSquares = within[3]!;
  for (let row = from; row < to; row++) {
    if (!(stamps[row]! < end)) {
      enterBlock(rows, stamps, row);
      end = rows.end;
      inBlock = 0;
      shift = values[row]!;
      sum = 0;
      ramp = 0;
      sumSquares = 0;
      anchor(state, values, from, row);
    }
    const shifted = values[row]! - shift;
    sum += shifted;
    ramp += ++inBlock * shifted;
    sumSquares += shifted * shifted;
    let base = shift;
    let all = sum;
    let line = ramp;
    let total = sumSquares;
    if (inBlock < bars) {
      all += before[inBlock]!;
      line += beforeRamp[inBlock]! + (bars - inBlock) * sum;
      total += beforeSquares[inBlock]!;
    } else if (inBlock > bars) {
      const recent = gatherRows(rows, values, from, row + 1, bars);
      base = recent[0]!;
      all = 0;
      line = 0;
      total = 0;
      for (let at = 0; at < bars; at++) {
        const value = recent[at]! - base;
        all += value;
        line += (at + 1) * value;
        total += value * value;
      }
    }
    mean[row] = base + all / bars;
    slope[row] = steepness * (line - middle * all);
    squares[row] = Math.max(0, total - (all * all) / bars);
  }
  rows.inBlock = inBlock;
  within[0] = shift;
  within[1] = sum;
  within[2] = ramp;
  within[3] = sumSquares;
  blankRows(rows, mean, from, to);
  blankRows(rows, slope, from, to);
  blankRows(rows, squares, from, to);
  keepRows(rows, values, from, to);
}

function anchor(
  { rows, before, beforeRamp, beforeSquares }: AnchoredTrend,
  values: ColumnArray,
  from: number,
  row: number,
): void {
  const rest = rows.bars - 1;
  const recent = gatherRows(rows, values, from, row, rest);
  const shift = values[row]!;
  let sum = 0;
  let ramp = 0;
  let sumSquares = 0;
  for (let inBlock = rest; inBlock > 0; inBlock--) {
    const shifted = recent[inBlock - 1]! - shift;
    sum += shifted;
    // Its number is 1, and every younger one moves up by one.
    ramp += sum;
    sumSquares += shifted * shifted;
    before[inBlock] = sum;
    beforeRamp[inBlock] = ramp;
    beforeSquares[inBlock] = sumSquares;
  }
}
