import { type Interval, intervalLength } from "../../schema/interval.ts";
import { DAY, firstDayOfMonth, mondayOfWeek, monthOfDay, weekOfDay } from "./civil.ts";

/**
 * The grid of bars without sessions: fixed lengths count from 1970-01-01T00:00Z, days end at 00:00Z, weeks on Monday 00:00Z,
 * months on the first 00:00Z. This is the end of the bar whose half-open span holds `instant`.
 */
export function utcBarEndAfter(interval: Interval, instant: number): number {
  if (interval === "1w") return mondayOfWeek(weekOfDay(Math.floor(instant / DAY)) + 1) * DAY;
  if (interval === "1mo") return firstDayOfMonth(monthOfDay(Math.floor(instant / DAY)) + 1) * DAY;
  const length = intervalLength(interval);
  return (Math.floor(instant / length) + 1) * length;
}

/** The smallest end of a bar that is not before `stamp`. */
export function utcBarEnd(interval: Interval, stamp: number): number {
  return utcBarEndAfter(interval, stamp - 1);
}
