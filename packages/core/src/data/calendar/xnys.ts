import type { Calendar } from "./calendar.ts";
import { dateOfDay, dayOfDate, lastWeekday, nthWeekday, weekday } from "./civil.ts";
import { newYorkDay, newYorkInstant } from "./new-york.ts";
import { type Session, sessionCalendar } from "./sessions.ts";

/**
 * `XNYS`: the New York Stock Exchange, 09:30 to 16:00 in New York, from 1998 (the first year with today's list of holidays but for Juneteenth) to 2035.
 *
 * Sources: NYSE Rule 7.2 (holidays: a holiday on Sunday is kept on Monday, on Saturday on the Friday before, but New Year's Day on a
 * Saturday is not kept, because the Friday ends the accounting year); the exchange's published holidays and early closings; its notices
 * of the single closings below. Late openings and halts within a session are no part of the calendar. A year counts 252 sessions, the
 * usual convention (2000 to 2019 had 251.6 on average).
 */
const FIRST_YEAR = 1998;
const LAST_YEAR = 2035;

const SATURDAY = 6;
const SUNDAY = 0;
const [MONDAY, TUESDAY, WEDNESDAY, THURSDAY] = [1, 2, 3, 4] as const;

/** Days on which the exchange stayed closed beyond its rules. */
const SINGLE_CLOSINGS: readonly (readonly [date: readonly [number, number, number], reason: string])[] = [
  [[2001, 9, 11], "attacks of September 11"],
  [[2001, 9, 12], "attacks of September 11"],
  [[2001, 9, 13], "attacks of September 11"],
  [[2001, 9, 14], "attacks of September 11"],
  [[2004, 6, 11], "mourning for Ronald Reagan"],
  [[2007, 1, 2], "mourning for Gerald Ford"],
  [[2012, 10, 29], "hurricane Sandy"],
  [[2012, 10, 30], "hurricane Sandy"],
  [[2018, 12, 5], "mourning for George H. W. Bush"],
  [[2025, 1, 9], "mourning for Jimmy Carter"],
];

/** Closings at 13:00 beyond the rules. */
const SINGLE_HALF_DAYS: readonly (readonly [number, number, number])[] = [
  [1999, 12, 31],
  [2003, 12, 26],
];

function holidays(year: number): Set<number> {
  const days = new Set<number>();
  const newYear = dayOfDate(year, 1, 1);
  if (weekday(newYear) === SUNDAY) days.add(newYear + 1);
  else if (weekday(newYear) !== SATURDAY) days.add(newYear);
  days.add(nthWeekday(year, 1, MONDAY, 3)); // Martin Luther King Jr. Day
  days.add(nthWeekday(year, 2, MONDAY, 3)); // Washington's Birthday
  days.add(easter(year) - 2); // Good Friday
  days.add(lastWeekday(year, 5, MONDAY)); // Memorial Day
  if (year >= 2022) days.add(kept(dayOfDate(year, 6, 19))); // Juneteenth
  days.add(kept(dayOfDate(year, 7, 4))); // Independence Day
  days.add(nthWeekday(year, 9, MONDAY, 1)); // Labor Day
  days.add(nthWeekday(year, 11, THURSDAY, 4)); // Thanksgiving
  days.add(kept(dayOfDate(year, 12, 25))); // Christmas
  for (const [[y, month, day]] of SINGLE_CLOSINGS) if (y === year) days.add(dayOfDate(y, month, day));
  return days;
}

function kept(day: number): number {
  if (weekday(day) === SATURDAY) return day - 1;
  return weekday(day) === SUNDAY ? day + 1 : day;
}

/** Days that close at 13:00, whether or not they are sessions. */
function halfDays(year: number): Set<number> {
  const days = new Set<number>();
  days.add(nthWeekday(year, 11, THURSDAY, 4) + 1); // the Friday after Thanksgiving
  days.add(dayOfDate(year, 12, 24));
  const third = dayOfDate(year, 7, 3);
  const on = weekday(third);
  if (on === MONDAY || on === TUESDAY || on === THURSDAY) days.add(third);
  // Around a Thursday's July 4 the Friday was the half day until 2012, the Wednesday from 2013 on.
  if (on === WEDNESDAY) days.add(year >= 2013 ? third : third + 2);
  for (const [y, month, day] of SINGLE_HALF_DAYS) if (y === year) days.add(dayOfDate(y, month, day));
  return days;
}

/** Easter Sunday of the Gregorian calendar (anonymous algorithm; J. Meeus, "Astronomical Algorithms", chapter 8). */
function easter(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  return dayOfDate(year, month, (h + l - 7 * m + 33 * month + 19) % 32);
}

function sessions(): Session[] {
  const all: Session[] = [];
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) {
    const closed = holidays(year);
    const half = halfDays(year);
    for (let day = dayOfDate(year, 1, 1); dateOfDay(day).year === year; day++) {
      if (weekday(day) === SATURDAY || weekday(day) === SUNDAY || closed.has(day)) continue;
      all.push({ day, open: newYorkInstant(day, 9, 30), close: newYorkInstant(day, half.has(day) ? 13 : 16, 0) });
    }
  }
  return all;
}

export function createXnys(): Calendar {
  return sessionCalendar({
    id: "XNYS",
    version: "1",
    zone: "America/New_York",
    firstDay: dayOfDate(FIRST_YEAR, 1, 1),
    lastDay: dayOfDate(LAST_YEAR, 12, 31),
    sessions: sessions(),
    dayOf: newYorkDay,
    sessionsPerYear: 252,
    regularLength: 6.5 * 3_600_000,
  });
}
