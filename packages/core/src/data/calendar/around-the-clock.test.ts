import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { INTERVALS } from "../../schema/interval.ts";
import { aroundTheClock } from "./around-the-clock.ts";
import { observed } from "./observed.ts";

const instant = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2040, 0, 1) });
const at = (text: string) => Date.parse(text);

describe("24x7", () => {
  test("ends days at midnight UTC, weeks on Monday, months on the first", () => {
    const moment = at("2024-02-28T10:17:00Z");
    expect(aroundTheClock.barEnd("1h", moment)).toBe(at("2024-02-28T11:00:00Z"));
    expect(aroundTheClock.barEnd("1d", moment)).toBe(at("2024-02-29T00:00:00Z"));
    expect(aroundTheClock.barEnd("1w", moment)).toBe(at("2024-03-04T00:00:00Z"));
    expect(aroundTheClock.barEnd("1mo", moment)).toBe(at("2024-03-01T00:00:00Z"));
  });

  test("takes a stamp that is an end for itself, and a start for the bar after it", () => {
    for (const interval of INTERVALS) {
      const end = interval === "1w" ? at("2024-03-04T00:00:00Z") : at("2024-04-01T00:00:00Z");
      expect(aroundTheClock.barEnd(interval, end)).toBe(end);
      expect(aroundTheClock.barEndOfStart(interval, end)).toBe(aroundTheClock.barEnd(interval, end + 1));
    }
  });

  test("knows no bar that starts off the grid", () => {
    expect(aroundTheClock.barEndOfStart("1h", at("2024-01-01T00:30:00Z"))).toBeNaN();
  });

  test("lists each slot once: the smallest end after the one before", () => {
    fc.assert(
      fc.property(fc.constantFrom(...INTERVALS.slice(8)), instant, fc.nat(40 * 86_400_000), (interval, from, span) => {
        const slots = [...aroundTheClock.slots(interval, from, from + span)];
        const expected: number[] = [];
        for (let end = aroundTheClock.barEnd(interval, from + 1); end <= from + span; ) {
          expected.push(end);
          end = aroundTheClock.barEnd(interval, end + 1);
        }
        expect(slots).toEqual(expected);
        expect(aroundTheClock.countSlots(interval, from, from + span)).toBe(expected.length);
      }),
      { numRuns: 50 },
    );
  });

  test("counts 365 days a year", () => {
    expect(aroundTheClock.periodsPerYear("1d")).toBe(365);
    expect(aroundTheClock.periodsPerYear("1h")).toBe(8_760);
    expect(aroundTheClock.periodsPerYear("1mo")).toBe(12);
  });
});

describe("observed", () => {
  test("expects nothing", () => {
    expect(observed.hasSlots).toBe(false);
    expect(observed.slots("1h", 0, 86_400_000)).toHaveLength(0);
  });

  test("ends a bar one interval after its start, wherever that is", () => {
    expect(observed.barEndOfStart("1m", at("2024-01-01T10:00:30Z"))).toBe(at("2024-01-01T10:01:30Z"));
    expect(observed.barEndOfStart("1d", at("2024-01-01T10:00:30Z"))).toBe(at("2024-01-02T00:00:00Z"));
  });

  test("never counts more periods than a market around the clock", () => {
    for (const interval of INTERVALS)
      expect(observed.periodsPerYear(interval)).toBeLessThanOrEqual(aroundTheClock.periodsPerYear(interval));
  });
});
