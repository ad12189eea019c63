import { type Interval, intervalLength } from "../../schema/interval.ts";
import { QmtlError } from "../../schema/error.ts";
import type { Calendar } from "./calendar.ts";
import { monthOfDay, weekOfDay } from "./civil.ts";

/** A day's trading: day number, open and close (epoch milliseconds UTC). */
export interface Session {
  readonly day: number;
  readonly open: number;
  readonly close: number;
}

export interface SessionCalendarSpec {
  readonly id: string;
  readonly version: string;
  readonly zone: string;
  /** Ascending. They must cover all that may be asked: outside of them every question is refused. */
  readonly sessions: readonly Session[];
  /** The local day that holds an instant. */
  readonly dayOf: (instant: number) => number;
  readonly sessionsPerYear: number;
  /** Milliseconds of a regular session, for annualising bars shorter than it. */
  readonly regularLength: number;
}

/**
 * A calendar of sessions. A bar shorter than a session starts at the open or one interval after the bar before; the last one ends
 * with the session, shorter than the others if need be (an hour from 09:30 to 16:00: six whole bars and one of 30 minutes). `1d` ends
 * with the session, `1w` and `1mo` with the last session of the week (Monday to Sunday) or month.
 *
 * Questions outside of the known sessions throw `data.calendar-range`.
 */
export function sessionCalendar(spec: SessionCalendarSpec): Calendar {
  const count = spec.sessions.length;
  const days = Float64Array.from(spec.sessions, (s) => s.day);
  const opens = Float64Array.from(spec.sessions, (s) => s.open);
  const closes = Float64Array.from(spec.sessions, (s) => s.close);
  const weeks = lastOfEach(spec.sessions, weekOfDay);
  const months = lastOfEach(spec.sessions, monthOfDay);
  const lower = opens[0]!;
  const upper = closes[count - 1]!;

  function outside(instant: number): never {
    const year = (at: number) => new Date(at).getUTCFullYear();
    throw new QmtlError({
      code: "data.calendar-range",
      message: `Calendar ${spec.id} knows its sessions from ${year(lower)} to ${year(upper)}, not at ${iso(instant)}`,
      next: 'Use data within these years, or the calendar "observed", which has no sessions of its own.',
    });
  }

  /** Index of the first session whose close is not before `stamp`. */
  function sessionNotBefore(stamp: number): number {
    if (!(stamp >= days[0]! * 86_400_000 && stamp <= upper)) outside(stamp);
    return lowerBound(closes, stamp);
  }

  function endIn(index: number, interval: Interval, stamp: number): number {
    const open = opens[index]!;
    const length = intervalLength(interval);
    const bars = Math.max(1, Math.ceil((stamp - open) / length));
    return Math.min(open + bars * length, closes[index]!);
  }

  const longEnds: Partial<Record<Interval, Float64Array>> = { "1d": closes, "1w": weeks.ends, "1mo": months.ends };

  return {
    id: spec.id,
    version: spec.version,
    zone: spec.zone,
    hasSlots: true,
    slots(interval, from, to) {
      if (!(from < to)) return new Float64Array(0);
      const long = longEnds[interval];
      if (long !== undefined) {
        if (to > upper || from < days[0]! * 86_400_000) outside(to > upper ? to : from);
        return long.slice(upperBound(long, from), upperBound(long, to));
      }
      sessionNotBefore(to);
      const length = intervalLength(interval);
      const ends: number[] = [];
      for (let i = sessionNotBefore(from); i < count && opens[i]! < to; i++) {
        const close = closes[i]!;
        for (let end = opens[i]! + length; ; end += length) {
          const at = Math.min(end, close);
          if (at > to) break;
          if (at > from) ends.push(at);
          if (at === close) break;
        }
      }
      return Float64Array.from(ends);
    },
    barEnd(interval, stamp) {
      const index = sessionNotBefore(stamp);
      const long = longEnds[interval];
      return long === undefined ? endIn(index, interval, stamp) : long[lowerBound(long, stamp)]!;
    },
    barEndOfStart(interval, start) {
      if (interval === "1d") return this.sessionEndOfDay(start) ?? Number.NaN;
      if (interval === "1w") return weeks.endOf(spec.dayOf(start));
      if (interval === "1mo") return months.endOf(spec.dayOf(start));
      const index = sessionNotBefore(start + 1);
      const offset = start - opens[index]!;
      if (offset < 0 || offset % intervalLength(interval) !== 0) return Number.NaN;
      return endIn(index, interval, start + 1);
    },
    sessionEndOfDay(instant) {
      const day = spec.dayOf(instant);
      if (!(day >= days[0]! && day <= days[count - 1]!)) outside(instant);
      const index = lowerBound(days, day);
      return days[index] === day ? closes[index] : undefined;
    },
    periodsPerYear(interval) {
      if (interval === "1mo") return 12;
      if (interval === "1w") return 52;
      if (interval === "1d") return spec.sessionsPerYear;
      return spec.sessionsPerYear * Math.ceil(spec.regularLength / intervalLength(interval));
    },
  };
}

function lastOfEach(sessions: readonly Session[], groupOf: (day: number) => number) {
  const ends = new Map<number, number>();
  for (const session of sessions) ends.set(groupOf(session.day), session.close);
  return {
    ends: Float64Array.from(ends.values()),
    endOf: (day: number) => ends.get(groupOf(day)) ?? Number.NaN,
  };
}

/** Index of the first element that is not before `value`. */
function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first element that is after `value`. */
function upperBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function iso(instant: number): string {
  return Number.isFinite(instant) && Math.abs(instant) <= 8.64e15 ? new Date(instant).toISOString() : String(instant);
}
