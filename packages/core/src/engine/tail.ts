import type { ColumnArray } from "../schema/cell.ts";

/** Numbers by row: added at the end, forgotten at the front, under the row numbers that they were given. */
export interface Tail<A extends ColumnArray = ColumnArray> {
  /** The row at index 0 of `cells`. */
  origin: number;
  /** The rows that are held. Another view after each change. */
  cells: A;
  /** What `cells` is a part of, from `start` on. */
  store: A;
  start: number;
}

/** Rows from 0 on. The array is read and never written. */
export function tailOf<A extends ColumnArray>(cells: A): Tail<A> {
  return { origin: 0, cells, store: cells, start: 0 };
}

export function endOf({ origin, cells }: Tail): number {
  return origin + cells.length;
}

/** Adds `count` rows of zeros. Costs the rows added, and over many calls as many again. */
export function extendTail(tail: Tail, count: number): void {
  const { cells } = tail;
  const length = cells.length + count;
  if (tail.start + length > tail.store.length) {
    // Twice the room that is needed: before the next move come as many rows as this one copies.
    const store = emptyLike(tail.store, 2 * length);
    store.set(cells);
    tail.store = store;
    tail.start = 0;
  }
  tail.cells = tail.store.subarray(tail.start, tail.start + length);
}

export function addRows<A extends ColumnArray>(tail: Tail<A>, more: A): void {
  if (more.length === 0) return;
  const held = tail.cells.length;
  extendTail(tail as Tail, more.length);
  tail.cells.set(more, held);
}

/** Their memory is given back with a later addition. */
export function forgetRows(tail: Tail, before: number): void {
  const gone = Math.min(before - tail.origin, tail.cells.length);
  if (gone <= 0) return;
  tail.origin += gone;
  tail.start += gone;
  tail.cells = tail.cells.subarray(gone);
}

function emptyLike(array: ColumnArray, length: number): ColumnArray {
  if (array instanceof Float64Array) return new Float64Array(length);
  return array instanceof Uint8Array ? new Uint8Array(length) : new Int32Array(length);
}
