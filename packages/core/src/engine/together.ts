import type { Planner, SeriesPlan } from "./series-plan.ts";
import { isLate, type Rows, rowsDue, uniteStamps } from "./timeline.ts";

/**
 * Which rows of several symbols meet at a stamp. A comparison waits for nobody: where some symbols' rows become known later than
 * others' (a longer bar whose last shorter one is missing), those take no part at that stamp, in a replay as in a live run. Where
 * the result is one series (`ordered`), a stamp that is known only after a later one is left out as well.
 */
export function keepMeeting(planner: Planner, series: readonly SeriesPlan[], ordered: boolean): readonly SeriesPlan[] {
  if (!series.some(({ timeline }) => isLate(timeline))) return series;
  const known = new Map<number, number>();
  for (const { timeline, firstInput } of series)
    for (let row = firstInput; row < timeline.stamps.length; row++) {
      const stamp = timeline.stamps[row]!;
      known.set(stamp, Math.min(known.get(stamp) ?? Number.POSITIVE_INFINITY, timeline.due[row]!));
    }
  let earliest = Number.POSITIVE_INFINITY;
  for (const stamp of [...known.keys()].sort((a, b) => b - a)) {
    const due = known.get(stamp)!;
    if (ordered && due > earliest) known.delete(stamp);
    else earliest = Math.min(earliest, due);
  }
  return series.map((one) => keepRows(planner, one, known));
}

/** The stamps at which at least one of several symbols, as {@link keepMeeting} left them, takes part. */
export function meetingRows(series: readonly SeriesPlan[]): Rows {
  const known = new Map<number, number>();
  for (const { timeline, firstInput } of series)
    if (isLate(timeline))
      for (let row = firstInput; row < timeline.stamps.length; row++)
        known.set(timeline.stamps[row]!, timeline.due[row]!);
  const stamps = uniteStamps(series.map(({ timeline, firstInput }) => timeline.stamps.subarray(firstInput)));
  return rowsDue(stamps, known.size === 0 ? stamps : stamps.map((stamp) => known.get(stamp) ?? stamp));
}

/** A series without its valid rows that come too late. */
function keepRows(planner: Planner, one: SeriesPlan, known: ReadonlyMap<number, number>): SeriesPlan {
  const { stamps, due } = one.timeline;
  const kept: number[] = [];
  for (let row = 0; row < stamps.length; row++)
    if (row < one.firstInput || known.get(stamps[row]!) === due[row]) kept.push(row);
  if (kept.length === stamps.length) return one;
  const rows = Int32Array.from(kept);
  return {
    ...one,
    timeline: planner.timelineOf(
      rowsDue(
        Float64Array.from(rows, (row) => stamps[row]!),
        Float64Array.from(rows, (row) => due[row]!),
      ),
    ),
    sources: one.sources.map((source) =>
      source === undefined
        ? undefined
        : { ...source, map: rows.map((row) => (source.map === undefined ? row : source.map[row]!)) },
    ),
  };
}
