/** The rows of one or several series, and the window of them that buffers hold. */
export interface Timeline {
  /** Bar ends of all rows, ascending, ms UTC. */
  readonly stamps: Float64Array;
  /**
   * When each row is known, ascending: its own stamp (then this is `stamps` itself), or later for a longer bar whose last
   * shorter bar is missing, which shows only with the next one that comes.
   */
  readonly due: Float64Array;
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

export function createTimeline(stamps: Float64Array, due: Float64Array = stamps): Timeline {
  return { stamps, due, history: 0, cursor: 0, target: 0, base: 0, capacity: 0, view: stamps, moved: [] };
}

/** Gives the buffers of a timeline their size, once it is known how far back consumers read. */
export function sizeTimeline(timeline: Timeline, chunk: number): void {
  timeline.capacity = Math.min(timeline.stamps.length, timeline.history + chunk * mostAtOnce(timeline));
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

/** Moves the window to the rows from `cursor` on and the history before them. */
export function makeRoom(timeline: Timeline): void {
  const base = Math.max(0, timeline.cursor - timeline.history);
  const shift = base - timeline.base;
  timeline.base = base;
  timeline.view = timeline.stamps.subarray(base, base + timeline.capacity);
  for (const listener of timeline.moved) listener(shift);
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

/** The stamps of rows, and when they are known. */
export type Rows = Pick<Timeline, "stamps" | "due">;

/** Rows whose `due` is the very array of the stamps when none is late. */
export function rowsDue(stamps: Float64Array, due: Float64Array): Rows {
  return { stamps, due: sameInstants(stamps, due) ? stamps : due };
}

export interface Join extends Rows {
  /** Per input, the source row of each joined row; `undefined` where they are the same rows. */
  readonly maps: readonly (Int32Array | undefined)[];
}

/** The stamps that all inputs have; a row is due with its last input. Inputs that share their rows share the result. */
export function joinRows(inputs: readonly Rows[]): Join {
  const first = inputs[0]!;
  if (inputs.every((rows) => sameRows(rows, first)))
    return { stamps: first.stamps, due: first.due, maps: inputs.map(() => undefined) };
  const shortest = Math.min(...inputs.map(({ stamps }) => stamps.length));
  const maps = inputs.map(() => new Int32Array(shortest));
  const cursors = new Int32Array(inputs.length);
  let rows = 0;
  search: for (;;) {
    let latest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < inputs.length; k++) {
      const { stamps } = inputs[k]!;
      if (cursors[k]! >= stamps.length) break search;
      latest = Math.max(latest, stamps[cursors[k]!]!);
    }
    let together = true;
    for (let k = 0; k < inputs.length; k++) {
      const { stamps } = inputs[k]!;
      while (cursors[k]! < stamps.length && stamps[cursors[k]!]! < latest) cursors[k]!++;
      if (stamps[cursors[k]!] !== latest) together = false;
    }
    if (!together) continue;
    for (let k = 0; k < inputs.length; k++) maps[k]![rows] = cursors[k]!++;
    rows++;
  }
  const stamps = new Float64Array(rows);
  const due = new Float64Array(rows).fill(Number.NEGATIVE_INFINITY);
  for (const [k, input] of inputs.entries())
    for (let row = 0; row < rows; row++) {
      stamps[row] = input.stamps[maps[k]![row]!]!;
      due[row] = Math.max(due[row]!, input.due[maps[k]![row]!]!);
    }
  const joined = rowsDue(stamps, due);
  // An input that all others contain has the joined rows, and is read without a map.
  return { ...joined, maps: maps.map((map, k) => (sameRows(inputs[k]!, joined) ? undefined : map.slice(0, rows))) };
}

/** True when some row is known only after its stamp. */
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

/** For each row of `to`, the last row of `from` that is not after it and known by then; -1 where there is none. */
export function asOfMap(from: Rows, to: Rows): Int32Array {
  const map = new Int32Array(to.stamps.length);
  let next = 0;
  for (let row = 0; row < map.length; row++) {
    while (next < from.stamps.length && from.stamps[next]! <= to.stamps[row]! && from.due[next]! <= to.due[row]!)
      next++;
    map[row] = next - 1;
  }
  return map;
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
