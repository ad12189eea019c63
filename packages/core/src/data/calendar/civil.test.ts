import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DAY,
  dateOfDay,
  dayOfDate,
  firstDayOfMonth,
  lastWeekday,
  mondayOfWeek,
  monthOfDay,
  nthWeekday,
  weekday,
  weekOfDay,
} from "./civil.ts";

const day = fc.integer({ min: -1_000_000, max: 1_000_000 });

describe("civil dates", () => {
  test("agree with the platform's Date in both directions", () => {
    fc.assert(
      fc.property(day, (number) => {
        const date = new Date(number * DAY);
        const expected = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
        expect(dateOfDay(number)).toEqual(expected);
        expect(dayOfDate(expected.year, expected.month, expected.day)).toBe(number);
        expect(weekday(number)).toBe(date.getUTCDay());
      }),
    );
  });

  test("put a day into the week and month that hold it", () => {
    fc.assert(
      fc.property(day, (number) => {
        const monday = mondayOfWeek(weekOfDay(number));
        expect(weekday(monday)).toBe(1);
        expect(number - monday).toBeGreaterThanOrEqual(0);
        expect(number - monday).toBeLessThan(7);
        const month = monthOfDay(number);
        expect(firstDayOfMonth(month)).toBeLessThanOrEqual(number);
        expect(firstDayOfMonth(month + 1)).toBeGreaterThan(number);
      }),
    );
  });

  test("find weekdays of a month", () => {
    expect(nthWeekday(2024, 11, 4, 4)).toBe(dayOfDate(2024, 11, 28));
    expect(nthWeekday(2023, 1, 0, 1)).toBe(dayOfDate(2023, 1, 1));
    expect(lastWeekday(2024, 5, 1)).toBe(dayOfDate(2024, 5, 27));
    expect(lastWeekday(2024, 12, 2)).toBe(dayOfDate(2024, 12, 31));
  });
});
