import { type Interval, intervalLength, isCalendarInterval } from "../../schema/interval.ts";
import type { Calendar } from "./calendar.ts";
import { DAY } from "./civil.ts";
import { utcBarEnd, utcBarEndAfter } from "./utc-grid.ts";

const DAYS_PER_YEAR = 365;

/**
 * `24x7`: a market that never closes. Bars stand on the UTC grid. A year counts 365 days, the convention of crypto venues (leap days
 * are left out), so 52.14 weeks, 12 months, 8,760 hours.
 */
export const aroundTheClock: Calendar = {
  id: "24x7",
  version: "1",
  zone: "UTC",
  hasSlots: true,
  slots,
  countSlots(interval, from, to) {
    if (interval === "1w" || interval === "1mo") return slots(interval, from, to).length;
    const first = utcBarEndAfter(interval, from);
    return first <= to ? Math.floor((to - first) / intervalLength(interval)) + 1 : 0;
  },
  barEnd: utcBarEnd,
  barEndOfStart(interval, start) {
    if (isCalendarInterval(interval)) return utcBarEndAfter(interval, start);
    const length = intervalLength(interval);
    return start % length === 0 ? start + length : Number.NaN;
  },
  sessionEndOfDay: (instant) => utcBarEndAfter("1d", instant),
  periodsPerYear: (interval) => utcPeriodsPerYear(interval, DAYS_PER_YEAR),
};

function slots(interval: Interval, from: number, to: number): Float64Array {
  const first = utcBarEndAfter(interval, from);
  if (!(first <= to)) return new Float64Array(0);
  if (interval === "1w" || interval === "1mo") {
    const ends: number[] = [];
    for (let end = first; end <= to; end = utcBarEndAfter(interval, end)) ends.push(end);
    return Float64Array.from(ends);
  }
  const length = intervalLength(interval);
  const ends = new Float64Array(Math.floor((to - first) / length) + 1);
  for (let i = 0; i < ends.length; i++) ends[i] = first + i * length;
  return ends;
}

function utcPeriodsPerYear(interval: Interval, days: number): number {
  if (interval === "1mo") return 12;
  return (days * DAY) / intervalLength(interval);
}
