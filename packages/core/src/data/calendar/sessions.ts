import { QmtlError } from "../../schema/error.ts";
import { type Interval, intervalLength } from "../../schema/interval.ts";
import { isoText } from "../iso.ts";
import { lowerBound, upperBound } from "../sorted.ts";
import type { Calendar } from "./calendar.ts";
import { DAY, dateOfDay, monthOfDay, weekOfDay } from "./civil.ts";

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
  /** First and last day that the calendar knows; questions about other days are refused. */
  readonly firstDay: number;
  readonly lastDay: number;
  /** Ascending. */
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
 * Questions outside of the known days throw `data.calendar-range`.
 */
export function sessionCalendar(spec: SessionCalendarSpec): Calendar {
  const count = spec.sessions.length;
  const days = Float64Array.from(spec.sessions, (s) => s.day);
  const opens = Float64Array.from(spec.sessions, (s) => s.open);
  const closes = Float64Array.from(spec.sessions, (s) => s.close);
  const weeks = lastOfEach(spec.sessions, weekOfDay);
  const months = lastOfEach(spec.sessions, monthOfDay);
  const floor = spec.firstDay * DAY;
  const ceiling = (spec.lastDay + 1) * DAY;

  function outside(instant: number): never {
    const year = (day: number) => dateOfDay(day).year;
    throw new QmtlError({
      code: "data.calendar-range",
      message: `Calendar ${spec.id} knows its sessions from ${year(spec.firstDay)} to ${year(spec.lastDay)}, not at ${isoText(instant)}`,
      next: 'Use data within these years, or the calendar "observed", which has no sessions of its own.',
    });
  }

  function requireKnown(instant: number): void {
    if (!(instant >= floor && instant <= ceiling)) outside(instant);
  }

  /** Index of the first session whose close is not before `stamp`. */
  function sessionNotBefore(stamp: number): number {
    requireKnown(stamp);
    const index = lowerBound(closes, stamp);
    if (index === count) outside(stamp);
    return index;
  }

  function endIn(index: number, interval: Interval, stamp: number): number {
    const open = opens[index]!;
    const length = intervalLength(interval);
    const bars = Math.max(1, Math.ceil((stamp - open) / length));
    return Math.min(open + bars * length, closes[index]!);
  }

  function sessionEndOfDay(instant: number): number | undefined {
    const day = spec.dayOf(instant);
    if (!(day >= spec.firstDay && day <= spec.lastDay)) outside(instant);
    const index = lowerBound(days, day);
    return days[index] === day ? closes[index] : undefined;
  }

  const longEnds: Partial<Record<Interval, Float64Array>> = { "1d": closes, "1w": weeks.ends, "1mo": months.ends };

  function slots(interval: Interval, from: number, to: number): Float64Array {
    if (!(from < to)) return new Float64Array(0);
    requireKnown(from);
    requireKnown(to);
    const long = longEnds[interval];
    if (long !== undefined) return long.slice(upperBound(long, from), upperBound(long, to));
    const length = intervalLength(interval);
    const ends: number[] = [];
    for (let i = upperBound(closes, from); i < count && opens[i]! < to; i++) {
      const close = closes[i]!;
      for (let end = opens[i]! + length; ; end += length) {
        const at = Math.min(end, close);
        if (at > to) break;
        if (at > from) ends.push(at);
        if (at === close) break;
      }
    }
    return Float64Array.from(ends);
  }

  return {
    id: spec.id,
    version: spec.version,
    zone: spec.zone,
    hasSlots: true,
    slots,
    countSlots: (interval, from, to) => slots(interval, from, to).length,
    barEnd(interval, stamp) {
      const index = sessionNotBefore(stamp);
      const long = longEnds[interval];
      return long === undefined ? endIn(index, interval, stamp) : long[lowerBound(long, stamp)]!;
    },
    barEndOfStart(interval, start) {
      if (interval === "1d") return sessionEndOfDay(start) ?? Number.NaN;
      if (interval === "1w") return weeks.endOf(spec.dayOf(start));
      if (interval === "1mo") return months.endOf(spec.dayOf(start));
      const index = sessionNotBefore(start + 1);
      const offset = start - opens[index]!;
      if (offset < 0 || offset % intervalLength(interval) !== 0) return Number.NaN;
      return endIn(index, interval, start + 1);
    },
    sessionEndOfDay,
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
