/** Days of the proleptic Gregorian calendar as integers: day 0 is 1970-01-01. */

export const DAY = 86_400_000;

export interface CivilDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

/**
 * The day number of a date; the date must exist.
 *
 * @see H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil
 */
export function dayOfDate(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The date of a day number; Hinnant's civil_from_days. */
export function dateOfDay(day: number): CivilDate {
  const z = day + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

/** 0 is Sunday, 6 is Saturday. */
export function weekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** The `n`-th (1-based) day of the month that falls on this weekday. */
export function nthWeekday(year: number, month: number, wanted: number, n: number): number {
  const first = dayOfDate(year, month, 1);
  return first + ((wanted - weekday(first) + 7) % 7) + 7 * (n - 1);
}

/** The last day of the month that falls on this weekday. */
export function lastWeekday(year: number, month: number, wanted: number): number {
  const last = (month === 12 ? dayOfDate(year + 1, 1, 1) : dayOfDate(year, month + 1, 1)) - 1;
  return last - ((weekday(last) - wanted + 7) % 7);
}

/** Months since January of the year 0: one number per calendar month. */
export function monthOfDay(day: number): number {
  const { year, month } = dateOfDay(day);
  return year * 12 + month - 1;
}

/** The first day of a month as {@link monthOfDay} numbers it. */
export function firstDayOfMonth(month: number): number {
  const year = Math.floor(month / 12);
  return dayOfDate(year, month - year * 12 + 1, 1);
}

/** Weeks run from Monday to Sunday; one number per week. */
export function weekOfDay(day: number): number {
  return Math.floor((day + 3) / 7);
}

/** The Monday of a week as {@link weekOfDay} numbers it. */
export function mondayOfWeek(week: number): number {
  return week * 7 - 3;
}
