import { type Interval, intervalLength } from "@qmtl/core/schema";
import type { Session } from "./sessions.ts";

/** Where the bars of a synthetic market end. */
export interface Grid {
  readonly name: string;
  /** The instants (half-open) within which it has bars. */
  readonly from: number;
  readonly to: number;
  /** Ends of all bars of a length below a day with `from < end <= to`, ascending. */
  ends(interval: Interval, from: number, to: number): Float64Array;
  /** The end of the bar of `interval` that holds the bar which ends at `end`. */
  barEnd(interval: Interval, end: number): number;
  barsPerYear(interval: Interval): number;
}

const DAY = 86_400_000;
const SESSION = 6.5 * 3_600_000;

/** Bars around the clock: days end at midnight UTC, weeks on Monday, months on the first. */
export const aroundTheClock: Grid = {
  name: "24x7",
  from: Number.NEGATIVE_INFINITY,
  to: Number.POSITIVE_INFINITY,
  ends(interval, from, to) {
    const length = intervalLength(interval);
    const first = Math.floor(from / length) + 1;
    const rows = Math.max(0, Math.floor(to / length) - first + 1);
    const ends = new Float64Array(rows);
    for (let row = 0; row < rows; row++) ends[row] = (first + row) * length;
    return ends;
  },
  barEnd(interval, end) {
    if (interval === "1w") return (7 * (weekOf(Math.floor((end - 1) / DAY)) + 1) - 3) * DAY;
    if (interval === "1mo") {
      const last = new Date(end - 1);
      return Date.UTC(last.getUTCFullYear(), last.getUTCMonth() + 1, 1);
    }
    return Math.ceil(end / intervalLength(interval)) * intervalLength(interval);
  },
  barsPerYear: (interval) => (365 * DAY) / intervalLength(interval),
};

/** Bars within sessions: they count from the open, the last one ends with the session, weeks and months with their last session. */
export function sessionGrid(sessions: readonly Session[]): Grid {
  const weeks = new Map<number, number>();
  const months = new Map<string, number>();
  for (const { day, close } of sessions) {
    weeks.set(weekOf(day), close);
    months.set(monthOf(day), close);
  }
  const byDay = new Map(sessions.map((session) => [session.day, session]));
  return {
    name: "XNYS",
    from: sessions[0]!.day * DAY,
    to: (sessions.at(-1)!.day + 1) * DAY,
    ends(interval, from, to) {
      const length = intervalLength(interval);
      const ends: number[] = [];
      for (const { open, close } of sessions) {
        if (close <= from || open >= to) continue;
        for (let end = open + length; end < close + length; end += length) {
          const at = Math.min(end, close);
          if (at > from && at <= to) ends.push(at);
        }
      }
      return Float64Array.from(ends);
    },
    barEnd(interval, end) {
      const day = Math.floor((end - 1) / DAY);
      if (interval === "1w") return weeks.get(weekOf(day))!;
      if (interval === "1mo") return months.get(monthOf(day))!;
      // Sessions open and close within one day of UTC.
      const { open, close } = byDay.get(day)!;
      const length = intervalLength(interval);
      return Math.min(open + Math.ceil((end - open) / length) * length, close);
    },
    barsPerYear: (interval) => 252 * Math.ceil(SESSION / intervalLength(interval)),
  };
}

/** Weeks run from Monday to Sunday. */
function weekOf(day: number): number {
  return Math.floor((day + 3) / 7);
}

function monthOf(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 7);
}
