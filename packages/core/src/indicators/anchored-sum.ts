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
import { createTickSum, nextTickSum, type TickSum, writeTickSums } from "./tick-sum.ts";

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
  if (to - from === 1) output[from] = nextAnchoredSum(state, values[from]!, divisor, stamps[from]!);
  else {
    runMany(state, values, output, divisor, from, to, stamps);
    if (state.ticks !== undefined) writeTickSums(state.ticks, values, output, divisor, from, to);
  }
}

/** The same for one row. */
export function nextAnchoredSum(state: AnchoredSum, value: number, divisor: number, stamp: number): number {
  const { bars, cursor } = state;
  if (!(stamp < state.end)) {
    const { end, span } = state;
    // `enterBlock` by a stamp, which would be allocated if it were passed on.
    state.end = stamp < end + span ? end + span : (Math.floor(stamp / span) + 1) * span;
    beginBlockAlone(state);
  }
  const inBlock = state.inBlock + 1;
  const within = state.within + value;
  state.inBlock = inBlock;
  state.within = within;
  let sum = within;
  if (inBlock < bars) sum = state.before[inBlock]! + within;
  else if (inBlock > bars) sum = afresh(state, NO_ROWS, 0, 0, value);
  state.ring[cursor] = value;
  state.cursor = cursor + 1 === bars ? 0 : cursor + 1;
  if (state.seen !== bars && ++state.seen !== bars) sum = Number.NaN;
  const share = sum / divisor;
  return state.ticks === undefined ? share : nextTickSum(state.ticks, value, divisor, share);
}

function beginBlockAlone(state: AnchoredSum): void {
  anchor(state, NO_ROWS, 0, 0);
  state.inBlock = 0;
  state.within = 0;
}

const NO_ROWS = new Float64Array(0);

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
  for (let row = from; row < to; ) {
    if (!(stamps[row]! < end)) {
      enterBlock(state, stamps, row);
      // Nearly always the run has all rows of many blocks, and all that their windows reach back to.
      if (row - from >= bars - 1 && row + bars < to) row = runBlocks(state, values, output, divisor, row, to, stamps);
      end = state.end;
      inBlock = 0;
      within = 0;
      anchor(state, values, from, row);
    }
    const stop = blockStop(state, stamps, row, Math.min(to, row + bars - 1 - inBlock));
    for (; row < stop; row++) {
      within += values[row]!;
      output[row] = (before[++inBlock]! + within) / divisor;
    }
    if (row < to && stamps[row]! < end) {
      within += values[row]!;
      output[row] = (++inBlock === bars ? within : afresh(state, values, from, row, values[row]!)) / divisor;
      row++;
    }
  }
  state.inBlock = inBlock;
  state.within = within;
  blankRows(state, output, from, to);
  keepRows(state, values, from, to);
}

/**
 * Blocks that follow each other with a row for each bar, from the entered one that begins with `first`. Returns the first row of the block after
 * them, which is entered.
 */
function runBlocks(
  state: AnchoredSum,
  values: ColumnArray,
  output: ColumnArray,
  divisor: number,
  first: number,
  to: number,
  stamps: Float64Array,
): number {
  const { bars, span } = state;
  const rest = bars - 1;
  let { end } = state;
  let begin = first;
  if (begin + bars + rest < to) beginBlock(values, output, bars, begin);
  while (begin + bars + rest < to && stamps[begin + rest]! < end && stamps[begin + bars]! >= end) {
    const last = begin + rest;
    let within = 0;
    let sum = 0;
    let row = begin;
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
    begin += bars;
    end += span;
  }
  state.end = end;
  return begin;
}

/** Writes to the rows of a full block the part of their windows that lies before it, from right to left. */
function beginBlock(values: ColumnArray, output: ColumnArray, bars: number, first: number): void {
  let sum = 0;
  for (let row = first - 1, at = first + bars - 2; at >= first; row--, at--) {
    sum += values[row]!;
    output[at] = sum;
  }
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

/** The sum of a value and the `bars - 1` before row `row`, from left to right. */
function afresh(rows: AnchoredRows, values: ColumnArray, from: number, row: number, value: number): number {
  const before = rows.bars - 1;
  const recent = gatherRows(rows, values, from, row, before);
  let sum = 0;
  for (let at = 0; at < before; at++) sum += recent[at]!;
  return sum + value;
}
