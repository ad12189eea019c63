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
import { createTickSum, type TickSum, writeTickSums } from "./tick-sum.ts";

/** Sums of the last `bars` rows. */
export interface AnchoredSum {
  readonly rows: AnchoredRows;
  /** By rows in the block: the sum of the rest of the window, which lies before the block. */
  readonly before: Float64Array;
  /** [0] is the sum of the block's rows so far. */
  readonly within: Float64Array;
  /** Where the values are declared to lie on a grid: exact sums in their place. */
  readonly ticks: TickSum | undefined;
}

/** @param grid what the values are declared to be multiples of; 0 for nothing */
export function createAnchoredSum(params: KernelParams, grid = 0): AnchoredSum {
  const rows = createAnchoredRows(params);
  return {
    rows,
    before: new Float64Array(rows.bars),
    within: new Float64Array(1),
    ticks: grid > 0 ? createTickSum(rows.bars, grid) : undefined,
  };
}

/** Writes the sum of the last `bars` rows, divided by `divisor`; `NaN` while there are fewer. */
export function runAnchoredSum(
  state: AnchoredSum,
  values: ColumnArray,
  output: ColumnArray,
  divisor: number,
  from: number,
  to: number,
  stamps: Float64Array,
): void {
  // Apart, so that the little that a single row takes is compiled into the caller.
  if (to - from !== 1 || !runOne(state, values, output, divisor, from, stamps))
    runMany(state, values, output, divisor, from, to, stamps);
  if (state.ticks !== undefined) writeTickSums(state.ticks, values, output, divisor, from, to);
}

/** The commonest row of all, alone: within its block, with a full window. False when it is another; then nothing happened. */
function runOne(
  { rows, before, within }: AnchoredSum,
  values: ColumnArray,
  output: ColumnArray,
  divisor: number,
  row: number,
  stamps: Float64Array,
): boolean {
  const { ring, bars, cursor } = rows;
  const inBlock = rows.inBlock + 1;
  if (rows.seen !== bars || inBlock > bars || !(stamps[row]! < rows.end[0]!)) return false;
  const value = values[row]!;
  const sum = within[0]! + value;
  within[0] = sum;
  rows.inBlock = inBlock;
  output[row] = (inBlock === bars ? sum : before[inBlock]! + sum) / divisor;
  ring[cursor] = value;
  rows.cursor = cursor + 1 === bars ? 0 : cursor + 1;
  return true;
}

function runMany(
  state: AnchoredSum,
  values: ColumnArray,
  output: ColumnArray,
  divisor: number,
  from: number,
  to: number,
  stamps: Float64Array,
): void {
  const { rows, before } = state;
  const { bars } = rows;
  let end = rows.end[0]!;
  let inBlock = rows.inBlock;
  let within = state.within[0]!;
  // The block whose rows hold what lies before it already.
  let begun = -1;
  for (let row = from; row < to; ) {
    if (!(stamps[row]! < end)) {
      enterBlock(rows, stamps, row);
      end = rows.end[0]!;
      inBlock = 0;
      within = 0;
      // Nearly always the run has all rows of the block, and all that its windows reach back to.
      if (row - from >= bars - 1 && row + bars < to) {
        const next = blockStop(rows, stamps, row, row + bars);
        if (!(stamps[next]! < end)) {
          if (begun !== row) beginBlock(values, output, bars, row, next);
          if (next === row + bars && next + bars < to) {
            runBlocks(values, output, bars, divisor, row);
            begun = next;
          } else runBlock(values, output, bars, divisor, row, next);
          row = next;
          continue;
        }
      }
      anchor(state, values, from, row);
    }
    const stop = blockStop(rows, stamps, row, Math.min(to, row + bars - 1 - inBlock));
    for (; row < stop; row++) {
      within += values[row]!;
      output[row] = (before[++inBlock]! + within) / divisor;
    }
    if (row < to && stamps[row]! < end) {
      within += values[row]!;
      output[row] = (++inBlock === bars ? within : afresh(rows, values, from, row)) / divisor;
      row++;
    }
  }
  rows.inBlock = inBlock;
  state.within[0] = within;
  blankRows(rows, output, from, to);
  keepRows(rows, values, from, to);
}

/** Writes to the rows of a block, which ends before `next`, the part of their windows that lies before it, from right to left. */
function beginBlock(values: ColumnArray, output: ColumnArray, bars: number, first: number, next: number): void {
  let sum = 0;
  for (let row = first - 1, at = first + bars - 2; at >= first; row--, at--) {
    sum += values[row]!;
    if (at < next) output[at] = sum;
  }
}

/** The rows of a block that was begun: what lies in it, from left to right. */
function runBlock(
  values: ColumnArray,
  output: ColumnArray,
  bars: number,
  divisor: number,
  first: number,
  next: number,
): void {
  const last = Math.min(next, first + bars - 1);
  let within = 0;
  for (let row = first; row < last; row++) {
    within += values[row]!;
    output[row] = (output[row]! + within) / divisor;
  }
  if (last < next) output[last] = (within + values[last]!) / divisor;
}

/** A full block that was begun, while the one after it is begun: two sums that do not wait for each other. */
function runBlocks(values: ColumnArray, output: ColumnArray, bars: number, divisor: number, first: number): void {
  const rest = bars - 1;
  const last = first + rest;
  let within = 0;
  let sum = 0;
  let row = first;
  let back = last;
  let at = last + rest;
  // Two rows a turn: a turn of the loop costs as much as a sum.
  for (; row < last - 1; row += 2, back -= 2, at -= 2) {
    within += values[row]!;
    output[row] = (output[row]! + within) / divisor;
    sum += values[back]!;
    output[at] = sum;
    within += values[row + 1]!;
    output[row + 1] = (output[row + 1]! + within) / divisor;
    sum += values[back - 1]!;
    output[at - 1] = sum;
  }
  for (; row < last; row++, back--, at--) {
    within += values[row]!;
    output[row] = (output[row]! + within) / divisor;
    sum += values[back]!;
    output[at] = sum;
  }
  output[last] = (within + values[last]!) / divisor;
}

function anchor({ rows, before }: AnchoredSum, values: ColumnArray, from: number, row: number): void {
  const rest = rows.bars - 1;
  let sum = 0;
  // Nearly always the run has all of them itself.
  const own = row - rest >= from;
  const recent = own ? values : gatherRows(rows, values, from, row, rest);
  const oldest = own ? row - rest : 0;
  for (let inBlock = rest; inBlock > 0; inBlock--) {
    sum += recent[oldest + inBlock - 1]!;
    before[inBlock] = sum;
  }
}

function afresh(rows: AnchoredRows, values: ColumnArray, from: number, row: number): number {
  const recent = gatherRows(rows, values, from, row + 1, rows.bars);
  let sum = 0;
  for (let at = 0; at < rows.bars; at++) sum += recent[at]!;
  return sum;
}
