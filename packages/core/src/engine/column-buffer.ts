import type { Cell, ColumnArray } from "../schema/cell.ts";
import type { Timeline } from "./timeline.ts";

/** The cells of one column of one series: whole, or as many rows as its timeline's window holds. */
export interface ColumnBuffer {
  readonly cell: Cell;
  readonly timeline: Timeline;
  /** All rows; absent for a column that lives one window. */
  readonly whole: ColumnArray | undefined;
  /** The rows of the timeline's window: index 0 is row `timeline.base`. */
  view: ColumnArray;
}

/** A column over cells that exist already, or that are kept whole. */
export function wholeColumn(cell: Cell, timeline: Timeline, whole: ColumnArray): ColumnBuffer {
  const buffer: ColumnBuffer = { cell, timeline, whole, view: whole.subarray(0, timeline.capacity) };
  timeline.moved.push(() => {
    buffer.view = whole.subarray(timeline.base, timeline.base + timeline.capacity);
  });
  return buffer;
}

/** A column whose last rows are still read in later slices. */
export function historyColumn(cell: Cell, timeline: Timeline): ColumnBuffer {
  const view = newArray(cell, timeline.capacity);
  timeline.moved.push((shift) => view.copyWithin(0, shift, shift + timeline.cursor - timeline.base));
  return { cell, timeline, whole: undefined, view };
}

/** A column that is read in the slice that computes it and never again: `view` is borrowed. */
export function passingColumn(cell: Cell, timeline: Timeline, view: ColumnArray): ColumnBuffer {
  return { cell, timeline, whole: undefined, view };
}

/** The same cells under another name or unit. */
export function renamedColumn(of: ColumnBuffer, cell: Cell): ColumnBuffer {
  const buffer: ColumnBuffer = { ...of, cell };
  of.timeline.moved.push(() => {
    buffer.view = of.view;
  });
  return buffer;
}

/** Arrays for columns that pass, given back after their last reader and lent again within the same slice. */
export interface ArrayPool {
  take(cell: Cell): ColumnArray;
  give(array: ColumnArray): void;
}

export function createArrayPool(length: number): ArrayPool {
  const free = new Map<string, ColumnArray[]>();
  return {
    take: (cell) => free.get(kindOf(cell))?.pop() ?? newArray(cell, length),
    give(array) {
      const kind = array instanceof Float64Array ? "f64" : array instanceof Uint8Array ? "flag" : "code";
      const of = free.get(kind);
      if (of === undefined) free.set(kind, [array]);
      else of.push(array);
    },
  };
}

function kindOf({ dtype }: Cell): string {
  return dtype === "f64" ? "f64" : dtype === "bool" ? "flag" : "code";
}

function newArray({ dtype }: Cell, length: number): ColumnArray {
  if (dtype === "f64") return new Float64Array(length);
  return dtype === "bool" ? new Uint8Array(length) : new Int32Array(length);
}
