import type { ColumnBuffer } from "./column-buffer.ts";
import type { SeriesPlan } from "./series-plan.ts";

/** The symbols that are present at one stamp: their places in the universe, and the row of each. */
export interface CrossBar {
  stamp: number;
  count: number;
  readonly symbols: Int32Array;
  readonly rows: Int32Array;
}

/** Walks the new rows of several series stamp by stamp; a symbol is present from its first row with all inputs valid. */
export function createCrossWalk(series: readonly SeriesPlan[]): (visit: (bar: CrossBar) => void) => void {
  const bar: CrossBar = {
    stamp: 0,
    count: 0,
    symbols: new Int32Array(series.length),
    rows: new Int32Array(series.length),
  };
  const next = new Int32Array(series.length);
  return (visit) => {
    for (let s = 0; s < series.length; s++) {
      const { timeline, firstInput } = series[s]!;
      next[s] = Math.max(timeline.cursor, firstInput);
    }
    for (;;) {
      let stamp = Number.POSITIVE_INFINITY;
      for (let s = 0; s < series.length; s++) {
        const { timeline } = series[s]!;
        if (next[s]! >= timeline.target) continue;
        const own = timeline.stamps[next[s]! - timeline.origin]!;
        if (own < stamp) stamp = own;
      }
      if (stamp === Number.POSITIVE_INFINITY) return;
      bar.stamp = stamp;
      bar.count = 0;
      for (let s = 0; s < series.length; s++) {
        const { timeline } = series[s]!;
        const row = next[s]!;
        if (row >= timeline.target || timeline.stamps[row - timeline.origin] !== stamp) continue;
        bar.symbols[bar.count] = s;
        bar.rows[bar.count] = row;
        bar.count++;
        next[s]!++;
      }
      visit(bar);
    }
  };
}

/** The index, in the source's window, of what a row reads. */
export function sourceIndex(plan: SeriesPlan, input: number, row: number, buffer: ColumnBuffer): number {
  const { map } = plan.sources[input]!;
  return (map === undefined ? row : map.cells[row - map.origin]!) - buffer.timeline.base;
}
