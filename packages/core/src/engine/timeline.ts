import { addRows, endOf, forgetRows, type Tail, tailOf } from "./tail.ts";

/** Rows of one or several series as far as they are laid out, and when each is known. */
export interface Rows {
  /** Bar ends of the rows from `origin` on, ascending, ms UTC. */
  readonly stamps: Float64Array;
  /**
   * When each row is known, ascending: its own stamp (then this is `stamps` itself), or later for a longer bar whose last
   * shorter bar is missing, which shows only with the next one that comes.
   */
  readonly due: Float64Array;
}

/**
 * What stands on the window of a timeline. Objects of classes, not functions made for each: a sweep makes thousands of them per replay,
 * and what V8 compiled of a function that is made anew each time is gone with the last of its kind.
 */
export interface Follower {
  /** The window moved: rows up to `cursor` less what is still read are gone, the rest stands `shift` rows further left. */
  follow(shift: number): void;
}

/** The rows of one or several series, and the window of them that buffers hold. */
export interface Timeline extends Rows {
  stamps: Float64Array;
  due: Float64Array;
  /** The row at index 0 of `stamps` and `due`: above 0 only where rows were added, and passed ones forgotten. */
  origin: number;
  /** Rows laid out, forgotten ones included. */
  rows: number;
  readonly kept: { readonly stamps: Tail<Float64Array>; readonly due: Tail<Float64Array> };
  /** Rows before the current one that some consumer is known to read. */
  history: number;
  /** Rows computed. */
  cursor: number;
  /** Rows that the current slice reaches. */
  target: number;
  /** The row at index 0 of every buffer on this timeline. */
  base: number;
  /** Rows that buffers hold. */
  capacity: number;
  /** `stamps` from `base` on. */
  view: Float64Array;
  /** In the order in which they depend on each other. */
  readonly followers: Follower[];
  /** The earliest row of this timeline that each consumer on other rows computes from next. */
  readonly readers: (() => number)[];
  /** The earliest row whose stamp each consumer's layout looks at next. */
  readonly planners: (() => number)[];
}

export function createTimeline(stamps: Float64Array, due: Float64Array = stamps): Timeline {
  const stampRows = tailOf(stamps);
  return {
    stamps,
    due,
    origin: 0,
    rows: stamps.length,
    kept: { stamps: stampRows, due: due === stamps ? stampRows : tailOf(due) },
    history: 0,
    cursor: 0,
    target: 0,
    base: 0,
    capacity: 0,
    view: stamps,
    followers: [],
    readers: [],
    planners: [],
  };
}

/** Adds rows that become known after all that are there. */
export function addTimelineRows(timeline: Timeline, { stamps, due }: Rows): void {
  if (stamps.length === 0) return;
  const { kept } = timeline;
  addRows(kept.stamps, stamps);
  if (kept.due !== kept.stamps) addRows(kept.due, due);
  showRows(timeline);
}

/** Gives back the stamps that nobody looks at any more. */
export function forgetStamps(timeline: Timeline): void {
  let before = timeline.base;
  for (const planner of timeline.planners) before = Math.min(before, planner());
  if (before <= timeline.origin) return;
  const { kept } = timeline;
  forgetRows(kept.stamps, before);
  if (kept.due !== kept.stamps) forgetRows(kept.due, before);
  showRows(timeline);
}

function showRows(timeline: Timeline): void {
  const { stamps, due } = timeline.kept;
  timeline.stamps = stamps.cells;
  timeline.due = due.cells;
  timeline.origin = stamps.origin;
  timeline.rows = endOf(stamps);
}

/** Gives the buffers of a timeline their size, once it is known how far back consumers read. */
export function sizeTimeline(timeline: Timeline, chunk: number): void {
  timeline.capacity = Math.min(timeline.rows, timeline.history + chunk * mostAtOnce(timeline));
  timeline.view = timeline.stamps.subarray(0, timeline.capacity);
}

/** The most rows that become known at one instant. */
function mostAtOnce({ stamps, due }: Timeline): number {
  let most = 1;
  if (due === stamps) return most;
  for (let row = 1, run = 1; row < due.length; row++) {
    run = due[row] === due[row - 1] ? run + 1 : 1;
    if (run > most) most = run;
  }
  return most;
}

/** Moves the window to the rows from `cursor` on and those before them that are still read; widens it where it can't hold them. */
export function makeRoom(timeline: Timeline): void {
  let base = timeline.cursor - timeline.history;
  for (const reader of timeline.readers) base = Math.min(base, reader());
  base = Math.max(base, timeline.base);
  const shift = base - timeline.base;
  timeline.base = base;
  if (timeline.target - base > timeline.capacity)
    timeline.capacity = Math.max(timeline.target - base, 2 * timeline.capacity);
  announce(timeline, shift);
}

/** Tells all who read the rows of a timeline where they stand now. */
export function announce(timeline: Timeline, shift = 0): void {
  const from = timeline.base - timeline.origin;
  timeline.view = timeline.stamps.subarray(from, from + timeline.capacity);
  for (const follower of timeline.followers) follower.follow(shift);
}

/** The bar end of a row that is held. */
export function stampAt({ stamps, origin }: Timeline, row: number): number {
  return stamps[row - origin]!;
}

/** How many of ascending instants are <= `to`, given that the first `from` are. */
export function countUntil(instants: Float64Array, to: number, from = 0): number {
  let low = from;
  let high = instants.length;
  // Stamp by stamp, the answer is `from` or the next: look there first.
  if (low === high || instants[low]! > to) return low;
  low++;
  if (low === high || instants[low]! > to) return low;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (instants[middle]! <= to) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows whose `due` is the very array of the stamps when none is late. */
export function rowsDue(stamps: Float64Array, due: Float64Array): Rows {
  return { stamps, due: sameInstants(stamps, due) ? stamps : due };
}

/** True when some row is, or may be, known only after its stamp. */
export function isLate({ stamps, due }: Rows): boolean {
  return due !== stamps;
}

export function sameRows(a: Rows, b: Rows): boolean {
  return sameInstants(a.stamps, b.stamps) && (a.due === a.stamps ? b.due === b.stamps : sameInstants(a.due, b.due));
}

function sameInstants(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Every stamp that some input has, once, ascending. */
export function uniteStamps(inputs: readonly Float64Array[]): Float64Array {
  // Merged in pairs, so that a stamp is looked at once per doubling of the number of series.
  let round = [...new Set(inputs)];
  while (round.length > 1) {
    const merged: Float64Array[] = [];
    for (let k = 0; k < round.length; k += 2)
      merged.push(k + 1 < round.length ? mergeStamps(round[k]!, round[k + 1]!) : round[k]!);
    round = merged;
  }
  return round[0] ?? new Float64Array(0);
}

function mergeStamps(a: Float64Array, b: Float64Array): Float64Array {
  if (sameInstants(a, b)) return a;
  const merged = new Float64Array(a.length + b.length);
  let rows = 0;
  for (let i = 0, j = 0; i < a.length || j < b.length; rows++) {
    const x = i < a.length ? a[i]! : Number.POSITIVE_INFINITY;
    const y = j < b.length ? b[j]! : Number.POSITIVE_INFINITY;
    merged[rows] = Math.min(x, y);
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return merged.slice(0, rows);
}

/**
 * How many rows of `from` that earlier slices brought the rows of `map` reach back over at most, where each row of `to` is computed
 * as it becomes due, stamp by stamp: 0 unless some are late or keep reading the same row.
 */
export function reachBack(from: Rows, to: Rows, map: Int32Array | undefined): number {
  if (map === undefined) return 0;
  let before = 0;
  let reach = 0;
  for (let row = 0; row < map.length; row++) {
    while (before < from.due.length && from.due[before]! < to.due[row]!) before++;
    if (map[row]! >= 0) reach = Math.max(reach, before - map[row]!);
  }
  return reach;
}
