import { stampAt, type Timeline } from "./timeline.ts";

/** The longer bar that is under way: rows of the source from `first` to before `next` are in it. */
export interface OpenBar {
  /** -1 where none is under way. */
  first: number;
  next: number;
}

export interface CoarseRows {
  readonly stamps: Float64Array;
  readonly due: Float64Array;
  /** The first and the last source row of each. */
  readonly starts: Int32Array;
  readonly lasts: Int32Array;
}

/**
 * Cuts the rows of a shorter clock into complete bars of a longer one: each is due with the shorter bar that ends with it or, where that
 * one is missing, with the next one that comes. The last, partial bar never is.
 *
 * @param began whether the bar with that end, whose first row is the first of all, began before the data: then it is left out
 */
export function createCoarseBars(
  source: Timeline,
  barEnd: (stamp: number) => number,
  began: (first: number, end: number) => boolean,
): { readonly open: OpenBar; next(): CoarseRows } {
  const open: OpenBar = { first: -1, next: 0 };
  let end = Number.NaN;
  let oldest = Number.NaN;
  return {
    open,
    next() {
      const ends: number[] = [];
      const dues: number[] = [];
      const starts: number[] = [];
      const lasts: number[] = [];
      const close = (last: number, due: number): void => {
        const { first } = open;
        open.first = -1;
        if (first === 0 && began(oldest, end)) return;
        ends.push(end);
        dues.push(due);
        starts.push(first);
        lasts.push(last);
      };
      for (; open.next < source.rows; open.next++) {
        const row = open.next;
        const stamp = stampAt(source, row);
        const due = source.due[row - source.origin]!;
        if (open.first >= 0 && stamp > end) close(row - 1, due);
        if (open.first < 0) {
          open.first = row;
          end = barEnd(stamp);
          if (row === 0) oldest = stamp;
        }
        if (stamp === end) close(row, due);
      }
      return {
        stamps: Float64Array.from(ends),
        due: Float64Array.from(dues),
        starts: Int32Array.from(starts),
        lasts: Int32Array.from(lasts),
      };
    },
  };
}
