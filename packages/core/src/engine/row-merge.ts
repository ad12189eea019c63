import { isLate, type Rows, type Timeline, uniteStamps } from "./timeline.ts";

/**
 * How the rows of one series follow from those of others. Each is a reader with a memory: `next` gives what follows from the rows that
 * came since it was last asked, so that laying out rows costs the rows, however they are split into calls.
 */
export interface Join {
  next(): JoinedRows;
  /** The row of input `k` that the next joined row reads at the earliest. */
  frontier(k: number): number;
}

export interface JoinedRows extends Rows {
  /** Per input, the source row of each joined row. */
  readonly maps: readonly Int32Array[];
}

/** The stamps that all inputs have; a row is due with its last input. */
export function createJoin(inputs: readonly Timeline[]): Join {
  const cursors = inputs.map(() => 0);
  return {
    frontier: (k) => cursors[k]!,
    next() {
      const arrays = inputs.map(({ stamps }) => stamps);
      const origins = inputs.map(({ origin }) => origin);
      const most = Math.min(...inputs.map((input, k) => input.rows - cursors[k]!));
      const maps = inputs.map(() => new Int32Array(most));
      let rows = 0;
      search: for (;;) {
        let latest = Number.NEGATIVE_INFINITY;
        for (let k = 0; k < inputs.length; k++) {
          const at = cursors[k]! - origins[k]!;
          if (at >= arrays[k]!.length) break search;
          latest = Math.max(latest, arrays[k]![at]!);
        }
        let together = true;
        for (let k = 0; k < inputs.length; k++) {
          const stamps = arrays[k]!;
          let at = cursors[k]! - origins[k]!;
          while (at < stamps.length && stamps[at]! < latest) at++;
          if (stamps[at] !== latest) together = false;
          cursors[k] = at + origins[k]!;
        }
        if (!together) continue;
        for (let k = 0; k < inputs.length; k++) maps[k]![rows] = cursors[k]!++;
        rows++;
      }
      // What an input on time has not brought by now it never will: nothing waits for it.
      if (inputs.some((input, k) => cursors[k] === input.rows && !isLate(input)))
        for (const [k, input] of inputs.entries()) cursors[k] = input.rows;
      const stamps = new Float64Array(rows);
      const due = new Float64Array(rows).fill(Number.NEGATIVE_INFINITY);
      for (const [k, input] of inputs.entries())
        for (let row = 0; row < rows; row++) {
          const at = maps[k]![row]! - input.origin;
          stamps[row] = input.stamps[at]!;
          due[row] = Math.max(due[row]!, input.due[at]!);
        }
      return { stamps, due, maps: maps.map((map) => map.slice(0, rows)) };
    },
  };
}

/** Every stamp of several timelines, once; none of them is late. */
export function createUnion(inputs: readonly Timeline[]): {
  next(): Float64Array;
  frontier(k: number): number;
} {
  const seen = inputs.map(() => 0);
  return {
    frontier: (k) => seen[k]!,
    next() {
      const stamps = uniteStamps(
        inputs.map((input, k) => (seen[k] === 0 ? input.stamps : input.stamps.subarray(seen[k]! - input.origin))),
      );
      for (const [k, { rows }] of inputs.entries()) seen[k] = rows;
      return stamps;
    },
  };
}

/** For each row of `to`, the last row of `from` that is not after it and known by then; -1 where there is none. */
export function createAsOf(from: Timeline, to: Timeline): { next(): Int32Array; frontier(): number } {
  let next = 0;
  let row = 0;
  return {
    frontier: () => Math.max(0, next - 1),
    next() {
      const map = new Int32Array(to.rows - row);
      const { stamps, due } = from;
      for (let i = 0; i < map.length; i++) {
        const stamp = to.stamps[row + i - to.origin]!;
        const known = to.due[row + i - to.origin]!;
        let at = next - from.origin;
        while (at < stamps.length && stamps[at]! <= stamp && due[at]! <= known) at++;
        next = at + from.origin;
        map[i] = next - 1;
      }
      row = to.rows;
      // A row on time that is still to come finds all of these known.
      if (!isLate(to)) next = from.rows;
      return map;
    },
  };
}
