import type { ColumnArray } from "../schema/cell.ts";
import { intervalLength, requireInterval } from "../schema/interval.ts";
import type { KernelParams } from "../strategy/kernel.ts";

/**
 * Windows without drift. Time is cut into blocks of `bars` x interval, counted from 1970, so that their borders (anchors) are a
 * function of the stamps and never of where the data begins. A window that ends in a block is what lies before the block's first
 * row, aggregated once per block from right to left, plus what lies in it, aggregated from left to right. Nothing is ever
 * subtracted: a value leaves no trace after its window, a NaN or infinity is seen by exactly the windows that hold it, and a
 * run that starts later gives the same bits from its first full window on. The cost per row is constant.
 *
 * Where stamps are closer than the interval, a block may hold more than `bars` rows. Such a row is aggregated afresh from its
 * window alone, from left to right, which is also what a run that starts inside the block does for its first full window.
 */
export interface AnchoredRows {
  readonly bars: number;
  /** Milliseconds of a block. */
  readonly span: number;
  /** The last `bars` values before the current run; `cursor` is where the next one goes. */
  readonly ring: Float64Array;
  cursor: number;
  /** Rows so far, counted up to `bars`. */
  seen: number;
  /** Rows so far in the current block. */
  inBlock: number;
  /** End of the block, ms UTC. */
  end: number;
  /** Scratch for {@link gatherRows}. */
  readonly recent: Float64Array;
}

export function createAnchoredRows(params: KernelParams): AnchoredRows {
  const bars = barsOf(params);
  return {
    bars,
    span: bars * intervalLength(requireInterval(params["interval"])),
    ring: new Float64Array(bars),
    cursor: 0,
    seen: 0,
    inBlock: 0,
    end: Number.NEGATIVE_INFINITY,
    recent: new Float64Array(bars),
  };
}

export function barsOf(params: KernelParams): number {
  return params["bars"] as number;
}

/** The params of a window of `bars` within a kernel that has several. */
export function paramsFor(bars: number, params: KernelParams): KernelParams {
  return { bars, interval: params["interval"] as string };
}

/** Sets `end` to the first instant after the block that holds the row. Passing it from call to call would allocate it. */
export function enterBlock(rows: AnchoredRows, stamps: Float64Array, row: number): void {
  const { end, span } = rows;
  const t = stamps[row]!;
  const next = end + span;
  // Nearly always the block that follows the last one: then nothing has to be divided.
  rows.end = t < next && t >= end ? next : (Math.floor(t / span) + 1) * span;
}

/** The first row from `row` on that is not in the block, or `most` where that comes first. */
export function blockStop({ end }: AnchoredRows, stamps: Float64Array, row: number, most: number): number {
  if (most <= row || stamps[most - 1]! < end) return most;
  let stop = row;
  while (stamps[stop]! < end) stop++;
  return stop;
}

/**
 * The `count` values before row `before`, oldest first, in `recent`: from the run's own rows, and from the ring for those before
 * `from`. Rows that never were read as 0; no full window holds one.
 */
export function gatherRows(
  { ring, cursor, bars, recent }: AnchoredRows,
  values: ColumnArray,
  from: number,
  before: number,
  count: number,
): Float64Array {
  let into = count - 1;
  for (let row = before - 1; into >= 0 && row >= from; into--, row--) recent[into] = values[row]!;
  for (let at = cursor; into >= 0; into--) {
    at = at === 0 ? bars - 1 : at - 1;
    recent[into] = ring[at]!;
  }
  return recent;
}

/** Ends a run: keeps its last rows for the next one. */
export function keepRows(state: AnchoredRows, values: ColumnArray, from: number, to: number): void {
  const { bars, ring } = state;
  if (state.seen < bars) state.seen = Math.min(bars, state.seen + to - from);
  let cursor = state.cursor;
  for (let row = to - from > bars ? to - bars : from; row < to; row++) {
    ring[cursor] = values[row]!;
    cursor = cursor + 1 === bars ? 0 : cursor + 1;
  }
  state.cursor = cursor;
}

/** Blanks the outputs of a run, before {@link keepRows}, where the window is not full yet. */
export function blankRows({ bars, seen }: AnchoredRows, output: ColumnArray, from: number, to: number): void {
  if (seen < bars) output.fill(Number.NaN, from, Math.min(from + bars - 1 - seen, to));
}
