import type { Cell, ColumnArray } from "../schema/cell.ts";
import type { Tail } from "./tail.ts";
import type { Timeline } from "./timeline.ts";

/** The cells of one column of one series: whole, or as many rows as its timeline's window holds. */
export interface ColumnBuffer {
  readonly cell: Cell;
  readonly timeline: Timeline;
  /** All rows that are held; absent for a column that lives one window. */
  readonly whole: Tail | undefined;
  /** The rows of the timeline's window: index 0 is row `timeline.base`. */
  view: ColumnArray;
}

/** A column over cells that exist already, or that are kept whole. */
export function wholeColumn(cell: Cell, timeline: Timeline, whole: Tail): ColumnBuffer {
  const buffer: ColumnBuffer = { cell, timeline, whole, view: whole.cells.subarray(0, timeline.capacity) };
  timeline.moved.push(() => {
    const from = timeline.base - whole.origin;
    buffer.view = whole.cells.subarray(from, from + timeline.capacity);
  });
  return buffer;
}

/** A column whose last rows are still read in later slices. */
export function historyColumn(cell: Cell, timeline: Timeline): ColumnBuffer {
  const buffer: ColumnBuffer = { cell, timeline, whole: undefined, view: newArray(cell, timeline.capacity) };
  timeline.moved.push((shift) => {
    const { view } = buffer;
    const held = shift + timeline.cursor - timeline.base;
    if (view.length < timeline.capacity) {
      buffer.view = newArray(cell, timeline.capacity);
      buffer.view.set(view.subarray(shift, held));
    } else if (shift > 0) view.copyWithin(0, shift, held);
  });
  return buffer;
}

/** A column that is read in the slice that computes it and never again: `lent` holds it until its last reader is done. */
export function passingColumn(cell: Cell, timeline: Timeline, lent: Lent): ColumnBuffer {
  const buffer: ColumnBuffer = { cell, timeline, whole: undefined, view: lent.array };
  timeline.moved.push(() => {
    buffer.view = roomFor(lent, timeline.capacity);
  });
  return buffer;
}

/** The same cells under another name or unit. */
export function renamedColumn(of: ColumnBuffer, cell: Cell): ColumnBuffer {
  const buffer: ColumnBuffer = { ...of, cell };
  of.timeline.moved.push(() => {
    buffer.view = of.view;
  });
  return buffer;
}

/** An array that columns use one after the other. */
export interface Lent {
  readonly cell: Cell;
  array: ColumnArray;
}

/** The array, made longer for a window that was widened. */
export function roomFor(lent: Lent, length: number): ColumnArray {
  if (lent.array.length < length) lent.array = newArray(lent.cell, length);
  return lent.array;
}

/** Arrays for columns that pass, given back after their last reader and lent again within the same slice. */
export interface ArrayPool {
  take(cell: Cell): Lent;
  give(lent: Lent): void;
}

export function createArrayPool(length: number): ArrayPool {
  const free = new Map<string, Lent[]>();
  return {
    take: (cell) => free.get(kindOf(cell))?.pop() ?? { cell, array: newArray(cell, length) },
    give(lent) {
      const kind = kindOf(lent.cell);
      const of = free.get(kind);
      if (of === undefined) free.set(kind, [lent]);
      else of.push(lent);
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
