import { DAY, dateOfDay, lastWeekday, nthWeekday } from "./civil.ts";

const HOUR = 3_600_000;

/**
 * The instant (epoch milliseconds UTC) at which New York's clocks show `hour`:`minute` on a day, for hours outside the change
 * of clocks (01:00 to 03:00), from 1987 on.
 *
 * Daylight saving time: since 2007 from the second Sunday of March to the first of November (Energy Policy Act of 2005, section 110);
 * from 1987 to 2006 from the first Sunday of April to the last of October (Uniform Time Act as amended in 1986).
 */
export function newYorkInstant(day: number, hour: number, minute: number): number {
  return day * DAY + hour * HOUR + minute * 60_000 + (isDaylightSaving(day) ? 4 : 5) * HOUR;
}

/** The local day in New York that holds an instant. */
export function newYorkDay(instant: number): number {
  const standard = Math.floor((instant - 5 * HOUR) / DAY);
  const saving = Math.floor((instant - 4 * HOUR) / DAY);
  // They differ only between 04:00Z and 05:00Z, far from the change of clocks: the later day's midnight decides.
  return saving !== standard && isDaylightSaving(saving) ? saving : standard;
}

/** Whether daylight saving time is in force on this day after 03:00. */
function isDaylightSaving(day: number): boolean {
  const { year } = dateOfDay(day);
  return year >= 2007
    ? day >= nthWeekday(year, 3, 0, 2) && day < nthWeekday(year, 11, 0, 1)
    : day >= nthWeekday(year, 4, 0, 1) && day < lastWeekday(year, 10, 0);
}
