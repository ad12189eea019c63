import type { Planner, SeriesPlan } from "./series-plan.ts";
import { addRows, forgetRows, type Tail, tailOf } from "./tail.ts";
import { addTimelineRows, isLate, type Rows, rowsDue, stampAt, uniteStamps } from "./timeline.ts";

/** Several symbols' series as they meet, and the stamps at which at least one of them takes part. */
export interface Meeting {
  readonly series: readonly SeriesPlan[];
  /** Those that the last call of the planner's growth brought, or the first ones. */
  readonly rows: () => Rows;
}

/**
 * Which rows of several symbols meet at a stamp. A comparison waits for nobody: where some symbols' rows become known later than
 * others' (a longer bar whose last shorter one is missing), those take no part at that stamp, in a replay as in a live run. Where
 * the result is one series (`ordered`), a stamp that is known only after a later one is left out as well.
 */
export function meet(planner: Planner, series: readonly SeriesPlan[], ordered: boolean): Meeting {
  if (!series.some(({ timeline }) => isLate(timeline))) return meetOnTime(planner, series);
  const next = createLateMeeting(series, ordered);
  const first = next();
  let rows: Rows = first;
  const sparse = series.map((one, s) => keepRows(planner, one, first.kept[s]!));
  for (const [s, one] of series.entries()) {
    // Its rows are looked at here once, when they are laid out.
    const { timeline } = one;
    timeline.planners.push(() => sparse[s]!.laid());
  }
  planner.grow(() => {
    const more = next();
    rows = more;
    for (const [s, { add }] of sparse.entries()) add(more.kept[s]!);
  });
  return {
    series: sparse.map(({ plan }) => plan),
    rows: () => (planner.growing ? rows : rowsDue(rows.stamps, rows.due)),
  };
}

function meetOnTime(planner: Planner, series: readonly SeriesPlan[]): Meeting {
  const seen = series.map(() => 0);
  const next = (): Rows => {
    const stamps = uniteStamps(
      series.map(({ timeline, firstInput }, s) => {
        const from = Math.max(seen[s]!, firstInput);
        seen[s] = timeline.rows;
        return from === 0 ? timeline.stamps : timeline.stamps.subarray(from - timeline.origin);
      }),
    );
    return { stamps, due: stamps };
  };
  let rows = next();
  for (const [s, { timeline }] of series.entries()) timeline.planners.push(() => seen[s]!);
  planner.grow(() => {
    rows = next();
  });
  return { series, rows: () => rows };
}

interface LateMeeting extends Rows {
  /** Per series, the rows that take part, or come before it could. */
  readonly kept: readonly Int32Array[];
}

function createLateMeeting(series: readonly SeriesPlan[], ordered: boolean): () => LateMeeting {
  const seen = series.map(() => 0);
  // When the stamps were known that some row can still come too late for.
  const known = new Map<number, number>();
  let latest = Number.NEGATIVE_INFINITY;
  return () => {
    const news = new Map<number, number>();
    for (const [s, { timeline, firstInput }] of series.entries())
      for (let row = Math.max(seen[s]!, firstInput); row < timeline.rows; row++) {
        const stamp = stampAt(timeline, row);
        if (known.has(stamp)) continue;
        news.set(stamp, Math.min(news.get(stamp) ?? Number.POSITIVE_INFINITY, dueAt(timeline, row)));
      }
    let earliest = Number.POSITIVE_INFINITY;
    const descending = [...news.keys()].sort((a, b) => b - a);
    for (const stamp of descending) {
      const due = news.get(stamp)!;
      if (ordered && (due > earliest || stamp < latest)) news.delete(stamp);
      else earliest = Math.min(earliest, due);
    }
    const kept = series.map(({ timeline, firstInput }, s) => {
      const rows: number[] = [];
      for (let row = seen[s]!; row < timeline.rows; row++)
        if (row < firstInput || news.get(stampAt(timeline, row)) === dueAt(timeline, row)) rows.push(row);
      seen[s] = timeline.rows;
      return Int32Array.from(rows);
    });
    const stamps = Float64Array.from([...news.keys()].sort((a, b) => a - b));
    const due = stamps.map((stamp) => news.get(stamp)!);
    latest = Math.max(latest, descending[0] ?? latest);
    for (const [stamp, when] of news) known.set(stamp, when);
    forgetKnown();
    return { stamps, due, kept };
  };

  /** No row comes any more for a stamp up to the last one that each series has. */
  function forgetKnown(): void {
    let low = latest;
    for (const { timeline } of series)
      if (isLate(timeline))
        low = Math.min(low, timeline.rows === 0 ? Number.NEGATIVE_INFINITY : stampAt(timeline, timeline.rows - 1));
    for (const stamp of known.keys()) {
      if (stamp > low) return;
      known.delete(stamp);
    }
  }
}

function dueAt({ due, origin }: SeriesPlan["timeline"], row: number): number {
  return due[row - origin]!;
}

interface Sparse {
  readonly plan: SeriesPlan;
  add(kept: Int32Array): void;
  /** Rows of the series that were looked at. */
  laid(): number;
}

/** A series without its valid rows that come too late. */
function keepRows(planner: Planner, one: SeriesPlan, kept: Int32Array): Sparse {
  let laid = one.timeline.rows;
  const nothing = { add: () => {}, laid: () => laid };
  if (!planner.growing && kept.length === laid) return { plan: one, ...nothing };
  const rowsAt = (rows: Int32Array): Rows => {
    const stamps = Float64Array.from(rows, (row) => stampAt(one.timeline, row));
    const due = Float64Array.from(rows, (row) => dueAt(one.timeline, row));
    return planner.growing ? { stamps, due: isLate(one.timeline) ? due : stamps } : rowsDue(stamps, due);
  };
  const mapped = (map: Tail<Int32Array> | undefined, rows: Int32Array): Int32Array =>
    map === undefined ? rows : rows.map((row) => map.cells[row - map.origin]!);
  const timeline = planner.timelineOf(rowsAt(kept));
  const maps = one.sources.map((source) => source && tailOf(mapped(source.map, kept)));
  const plan: SeriesPlan = {
    ...one,
    timeline,
    sources: one.sources.map((source, k) => source && { ...source, map: maps[k] }),
  };
  // Of a join that only this reads, nothing else says how far it was read.
  const own = one.sources.every((source) => source?.series.timeline !== one.timeline);
  return {
    plan,
    laid: () => laid,
    add(more) {
      addTimelineRows(timeline, rowsAt(more));
      for (const [k, map] of maps.entries()) {
        if (map === undefined) continue;
        forgetRows(map, timeline.cursor);
        addRows(map, mapped(one.sources[k]!.map, more));
      }
      laid = one.timeline.rows;
      plan.firstInput = Math.min(one.firstInput, timeline.rows);
      plan.firstValid = Math.min(one.firstValid, timeline.rows);
      if (own) one.timeline.cursor = laid;
      if (own) one.timeline.base = laid;
    },
  };
}
