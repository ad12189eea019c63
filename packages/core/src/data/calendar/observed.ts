import { intervalLength, isCalendarInterval } from "../../schema/interval.ts";
import type { Calendar } from "./calendar.ts";
import { utcBarEnd, utcBarEndAfter } from "./utc-grid.ts";

const SESSIONS_PER_YEAR = 252;
const SESSION_LENGTH = 6.5 * 3_600_000;

/**
 * `observed`: the bars that are there are the bars there should be, so nothing is ever missing. Starts end one interval later,
 * on no grid; days, weeks and months are those of UTC. Nobody said how much this market trades, so a year counts the least
 * that is usual, 252 sessions of 6.5 hours: an annualised ratio is then rather too small than too large.
 */
export const observed: Calendar = {
  id: "observed",
  version: "1",
  zone: "UTC",
  hasSlots: false,
  slots: () => new Float64Array(0),
  countSlots: () => 0,
  barEnd: utcBarEnd,
  barEndOfStart: (interval, start) =>
    isCalendarInterval(interval) ? utcBarEndAfter(interval, start) : start + intervalLength(interval),
  sessionEndOfDay: (instant) => utcBarEndAfter("1d", instant),
  periodsPerYear(interval) {
    if (interval === "1mo") return 12;
    if (interval === "1w") return 52;
    if (interval === "1d") return SESSIONS_PER_YEAR;
    return (SESSIONS_PER_YEAR * SESSION_LENGTH) / intervalLength(interval);
  },
};
