import type { Cell, ColumnArray } from "../schema/cell.ts";
import type { Tail } from "./tail.ts";
import type { Follower, Timeline } from "./timeline.ts";

/** The cells of one column of one series: whole, or as many rows as its timeline's window holds. */
export interface ColumnBuffer {
  readonly cell: Cell;
  readonly timeline: Timeline;
  /** All rows that are held; absent for a column that lives one window. */
  readonly whole: Tail | undefined;
  /** The rows of the timeline's window: index 0 is row `timeline.base`. */
  view: ColumnArray;
}

/** What the kinds of columns have in common: they stand on the window of a timeline. */
abstract class FollowingColumn implements ColumnBuffer, Follower {
  readonly cell: Cell;
  readonly timeline: Timeline;
  readonly whole: Tail | undefined;
  view: ColumnArray;

  constructor(cell: Cell, timeline: Timeline, whole: Tail | undefined, view: ColumnArray) {
    this.cell = cell;
    this.timeline = timeline;
    this.whole = whole;
    this.view = view;
    timeline.followers.push(this);
  }

  abstract follow(shift: number): void;
}

/** A column over cells that exist already, or that are kept whole. */
export class WholeColumn extends FollowingColumn {
  declare readonly whole: Tail;

  constructor(cell: Cell, timeline: Timeline, whole: Tail) {
    super(cell, timeline, whole, whole.cells.subarray(0, timeline.capacity));
  }

  follow(): void {
    const { timeline, whole } = this;
    const from = timeline.base - whole.origin;
    this.view = whole.cells.subarray(from, from + timeline.capacity);
  }
}

/** A column whose last rows are still read in later slices. */
export class HistoryColumn extends FollowingColumn {
  constructor(cell: Cell, timeline: Timeline) {
    super(cell, timeline, undefined, newArray(cell, timeline.capacity));
  }

  follow(shift: number): void {
    const { cell, timeline, view } = this;
    const held = shift + timeline.cursor - timeline.base;
    if (view.length < timeline.capacity) {
      this.view = newArray(cell, timeline.capacity);
      this.view.set(view.subarray(shift, held));
    } else if (shift > 0) view.copyWithin(0, shift, held);
  }
}

/** A column that is read in the slice that computes it and never again: `lent` holds it until its last reader is done. */
export class PassingColumn extends FollowingColumn {
  private readonly lent: Lent;

  constructor(cell: Cell, timeline: Timeline, lent: Lent) {
    super(cell, timeline, undefined, lent.array);
    this.lent = lent;
  }

  follow(): void {
    this.view = roomFor(this.lent, this.timeline.capacity);
  }
}

/** The same cells under another name or unit. */
export class RenamedColumn extends FollowingColumn {
  private readonly of: ColumnBuffer;

  constructor(cell: Cell, of: ColumnBuffer) {
    super(cell, of.timeline, of.whole, of.view);
    this.of = of;
  }

  follow(): void {
    this.view = this.of.view;
  }
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
