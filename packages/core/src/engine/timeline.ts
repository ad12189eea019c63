/** The stamps of one or several series, and the window of rows that buffers on it hold. */
export interface Timeline {
  /** Bar ends of all rows, ascending, ms UTC. */
  readonly stamps: Float64Array;
  /** Rows before the current one that some consumer still reads. */
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
  /** Called after the window moved: rows up to `cursor` less `history` are gone, the rest stands `shift` rows further left. */
  readonly moved: ((shift: number) => void)[];
}

export function createTimeline(stamps: Float64Array): Timeline {
  return { stamps, history: 0, cursor: 0, target: 0, base: 0, capacity: 0, view: stamps, moved: [] };
}

/** Gives the buffers of a timeline their size, once it is known how far back consumers read. */
export function sizeTimeline(timeline: Timeline, chunk: number): void {
  timeline.capacity = Math.min(timeline.stamps.length, timeline.history + chunk + 2);
  timeline.view = timeline.stamps.subarray(0, timeline.capacity);
}

/** Moves the window so that rows up to `target` fit. */
export function makeRoom(timeline: Timeline): void {
  if (timeline.target - timeline.base <= timeline.capacity) return;
  const base = Math.max(0, timeline.cursor - timeline.history);
  const shift = base - timeline.base;
  timeline.base = base;
  timeline.view = timeline.stamps.subarray(base, base + timeline.capacity);
  for (const listener of timeline.moved) listener(shift);
}

/** Rows with a stamp <= `to`. */
export function rowsUntil(stamps: Float64Array, to: number, from = 0): number {
  let low = from;
  let high = stamps.length;
  // Stamp by stamp, the answer is the next row or this one: look there first.
  if (low < high && stamps[low]! > to) return low;
  if (low + 1 <= high && (low + 1 === high || stamps[low + 1]! > to)) return low + (low < high ? 1 : 0);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (stamps[middle]! <= to) low = middle + 1;
    else high = middle;
  }
  return low;
}

export interface Join {
  readonly stamps: Float64Array;
  /** Per input, the source row of each joined row; `undefined` where they are the same rows. */
  readonly maps: readonly (Int32Array | undefined)[];
}

/** The stamps that all inputs have. Inputs that share their stamps share the result. */
export function joinStamps(inputs: readonly Float64Array[]): Join {
  const first = inputs[0]!;
  if (inputs.every((stamps) => sameStamps(stamps, first)))
    return { stamps: first, maps: inputs.map(() => undefined) };
  const shortest = Math.min(...inputs.map(({ length }) => length));
  const stamps = new Float64Array(shortest);
  const maps = inputs.map(() => new Int32Array(shortest));
  const cursors = new Int32Array(inputs.length);
  let rows = 0;
  search: for (;;) {
    let latest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < inputs.length; k++) {
      if (cursors[k]! >= inputs[k]!.length) break search;
      latest = Math.max(latest, inputs[k]![cursors[k]!]!);
    }
    let together = true;
    for (let k = 0; k < inputs.length; k++) {
      const source = inputs[k]!;
      while (cursors[k]! < source.length && source[cursors[k]!]! < latest) cursors[k]!++;
      if (source[cursors[k]!] !== latest) together = false;
    }
    if (!together) continue;
    stamps[rows] = latest;
    for (let k = 0; k < inputs.length; k++) maps[k]![rows] = cursors[k]!++;
    rows++;
  }
  return { stamps: stamps.slice(0, rows), maps: maps.map((map) => map.slice(0, rows)) };
}

export function sameStamps(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Every stamp that some input has, once. */
export function uniteStamps(inputs: readonly Float64Array[]): Float64Array {
  const first = inputs[0];
  if (first === undefined) return new Float64Array(0);
  if (inputs.every((stamps) => sameStamps(stamps, first))) return first;
  const all = new Float64Array(inputs.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const stamps of inputs) {
    all.set(stamps, at);
    at += stamps.length;
  }
  all.sort();
  let rows = 0;
  for (let i = 0; i < all.length; i++) if (i === 0 || all[i] !== all[i - 1]) all[rows++] = all[i]!;
  return all.slice(0, rows);
}

/** For each stamp of `to`, the last row of `from` that is not after it; -1 where there is none. */
export function asOfMap(from: Float64Array, to: Float64Array): Int32Array {
  const map = new Int32Array(to.length);
  let row = -1;
  for (let i = 0; i < to.length; i++) {
    while (row + 1 < from.length && from[row + 1]! <= to[i]!) row++;
    map[i] = row;
  }
  return map;
}
