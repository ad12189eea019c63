import { allocateColumn, type Cell, type ColumnArray } from "../schema/cell.ts";
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

/** A column of which only the window's rows are kept. */
export function windowColumn(cell: Cell, timeline: Timeline): ColumnBuffer {
  const view = allocateColumn(cell, timeline.capacity);
  timeline.moved.push((shift) => view.copyWithin(0, shift));
  return { cell, timeline, whole: undefined, view };
}
