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
export interface AnchoredSum extends AnchoredRows {
  /** By rows in the block: the sum of the rest of the window, which lies before the block. */
  readonly before: Float64Array;
  /** The sum of the block's rows so far. */
  within: number;
  /** Where the values are declared to lie on a grid: exact sums in their place. */
  readonly ticks: TickSum | undefined;
}

/** @param grid what the values are declared to be multiples of; 0 for nothing */
export function createAnchoredSum(params: KernelParams, grid = 0): AnchoredSum {
  const { bars, span, ring, cursor, seen, inBlock, end, recent } = createAnchoredRows(params);
  // Named one by one: of what is spread, V8 keeps most fields apart from the object, and allocates a number each time it changes.
  return {
    bars,
    span,
    ring,
    cursor,
    seen,
    inBlock,
    end,
    recent,
    before: new Float64Array(bars),
    // Not a whole number, which would make it another kind of field.
    within: Number.NaN,
    ticks: grid > 0 ? createTickSum(bars, grid) : undefined,
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

/** A row alone, with a full window, and no more rows in its block than the window has. False when it is another; then nothing happened. */
function runOne(
  state: AnchoredSum,
  values: ColumnArray,
  output: ColumnArray,
  divisor: number,
  row: number,
  stamps: Float64Array,
): boolean {
  const { bars, cursor } = state;
  if (state.seen !== bars) return false;
  if (!(stamps[row]! < state.end)) startBlock(state, values, row, stamps);
  else if (state.inBlock >= bars) return false;
  const inBlock = state.inBlock + 1;
  const value = values[row]!;
  const sum = state.within + value;
  state.within = sum;
  state.inBlock = inBlock;
  output[row] = (inBlock === bars ? sum : state.before[inBlock]! + sum) / divisor;
  state.ring[cursor] = value;
  state.cursor = cursor + 1 === bars ? 0 : cursor + 1;
  return true;
}

function startBlock(state: AnchoredSum, values: ColumnArray, row: number, stamps: Float64Array): void {
  enterBlock(state, stamps, row);
  anchor(state, values, row, row);
  state.inBlock = 0;
  state.within = 0;
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
  const { bars, before } = state;
  let { end, inBlock, within } = state;
  // The block whose rows hold what lies before it already.
  let begun = -1;
  for (let row = from; row < to; ) {
    if (!(stamps[row]! < end)) {
      enterBlock(state, stamps, row);
      end = state.end;
      inBlock = 0;
      within = 0;
      // Nearly always the run has all rows of the block, and all that its windows reach back to.
      if (row - from >= bars - 1 && row + bars < to) {
        const next = blockStop(state, stamps, row, row + bars);
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
    const stop = blockStop(state, stamps, row, Math.min(to, row + bars - 1 - inBlock));
    for (; row < stop; row++) {
      within += values[row]!;
      output[row] = (before[++inBlock]! + within) / divisor;
    }
    if (row < to && stamps[row]! < end) {
      within += values[row]!;
      output[row] = (++inBlock === bars ? within : afresh(state, values, from, row)) / divisor;
      row++;
    }
  }
  state.inBlock = inBlock;
  state.within = within;
  blankRows(state, output, from, to);
  keepRows(state, values, from, to);
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
  // Four rows a turn: a turn of the loop costs as much as a sum.
  for (; row < last - 3; row += 4, back -= 4, at -= 4) {
    within += values[row]!;
    output[row] = (output[row]! + within) / divisor;
    sum += values[back]!;
    output[at] = sum;
    within += values[row + 1]!;
    output[row + 1] = (output[row + 1]! + within) / divisor;
    sum += values[back - 1]!;
    output[at - 1] = sum;
    within += values[row + 2]!;
    output[row + 2] = (output[row + 2]! + within) / divisor;
    sum += values[back - 2]!;
    output[at - 2] = sum;
    within += values[row + 3]!;
    output[row + 3] = (output[row + 3]! + within) / divisor;
    sum += values[back - 3]!;
    output[at - 3] = sum;
  }
  for (; row < last; row++, back--, at--) {
    within += values[row]!;
    output[row] = (output[row]! + within) / divisor;
    sum += values[back]!;
    output[at] = sum;
  }
  output[last] = (within + values[last]!) / divisor;
}

/** What lies before the block that begins with a row, from right to left: from the run's own rows, and from the ring for those before `from`. */
function anchor(state: AnchoredSum, values: ColumnArray, from: number, row: number): void {
  const { ring, bars, before } = state;
  let inBlock = bars - 1;
  let sum = 0;
  for (let at = row - 1; inBlock > 0 && at >= from; at--, inBlock--) {
    sum += values[at]!;
    before[inBlock] = sum;
  }
  for (let at = state.cursor; inBlock > 0; inBlock--) {
    at = at === 0 ? bars - 1 : at - 1;
    sum += ring[at]!;
    before[inBlock] = sum;
  }
}

function afresh(rows: AnchoredRows, values: ColumnArray, from: number, row: number): number {
  const recent = gatherRows(rows, values, from, row + 1, rows.bars);
  let sum = 0;
  for (let at = 0; at < rows.bars; at++) sum += recent[at]!;
  return sum;
}
