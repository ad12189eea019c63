import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Interval } from "../../schema/interval.ts";
import { isoText } from "../iso.ts";
import { requireCalendar } from "./calendars.ts";

const xnys = requireCalendar("XNYS");
const at = (text: string) => Date.parse(text);
const ALL = [at("1998-01-01T00:00:00Z"), at("2036-01-01T00:00:00Z")] as const;
const closes = xnys.slots("1d", ...ALL);
const closeOf = (date: string) => xnys.sessionEndOfDay(at(`${date}T12:00:00Z`));

const local = new Intl.DateTimeFormat("en-US", {
  timeZone: "America/New_York",
  hourCycle: "h23",
  weekday: "short",
  hour: "2-digit",
  minute: "2-digit",
});

describe("XNYS", () => {
  test("keeps its answers while it keeps its version", () => {
    const digest = createHash("sha256")
      .update([...closes].join(","))
      .digest("hex")
      .slice(0, 16);
    expect({ version: xnys.version, sessions: closes.length, digest }).toMatchInlineSnapshot(`
      {
        "digest": "861cc2409e1b71c9",
        "sessions": 9553,
        "version": "1",
      }
    `);
  });

  test("has the 5,105 sessions of the S&P 500's bars from 2000-01-03 to 2020-04-17, date by date", () => {
    const sample = [...xnys.slots("1d", at("2000-01-01T00:00:00Z"), at("2020-04-18T00:00:00Z"))];
    const dates = sample.map((close) => new Date(close).toISOString().slice(0, 10));
    const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
    expect(dates).toHaveLength(5_105);
    expect([dates[0], dates.at(-1)]).toEqual(["2000-01-03", "2020-04-17"]);
    // `cut -d, -f1 sp500-2000.csv | tail -n +2 | head -c -1 | sha256sum` of vega-datasets, which the tests of data-samples check too.
    expect(sha256(dates.join("\n"))).toBe("b6a3631cff0256d2778c1a6a0971d95b90671489c0edef6da23b43e56175faf0");
    expect(sha256(sample.join("\n"))).toBe("e9b8b7a7a6ac8476de51acdf8ac8435d7de21753f55350b4a4c69dfd8dced31d");
  });

  test.each([
    ["2001-09-11", "attacks"],
    ["2001-09-14", "attacks"],
    ["2004-06-11", "mourning"],
    ["2007-01-02", "mourning"],
    ["2012-10-29", "hurricane"],
    ["2012-10-30", "hurricane"],
    ["2018-12-05", "mourning"],
    ["2025-01-09", "mourning"],
    ["2022-06-20", "Juneteenth on a Sunday"],
    ["2021-12-24", "Christmas on a Saturday"],
    ["2023-01-02", "New Year on a Sunday"],
    ["2024-03-29", "Good Friday"],
    ["2020-07-03", "Independence Day on a Saturday"],
    ["2024-03-30", "Saturday"],
  ])("is closed on %s (%s)", (date) => {
    expect(closeOf(date)).toBeUndefined();
  });

  test.each([
    ["2021-06-18", "2021-06-18T20:00:00Z", "Juneteenth was no holiday yet"],
    ["2021-12-31", "2021-12-31T21:00:00Z", "New Year on a Saturday is not kept"],
    ["1999-12-31", "1999-12-31T18:00:00Z", "half day"],
    ["2003-12-26", "2003-12-26T18:00:00Z", "half day"],
    ["2002-07-05", "2002-07-05T17:00:00Z", "Friday after a Thursday's July 4"],
    ["2002-07-03", "2002-07-03T20:00:00Z", "whole before 2013"],
    ["2013-07-03", "2013-07-03T17:00:00Z", "Wednesday before a Thursday's July 4"],
    ["2013-07-05", "2013-07-05T20:00:00Z", "whole since 2013"],
    ["2023-07-03", "2023-07-03T17:00:00Z", "Monday before July 4"],
    ["2024-11-29", "2024-11-29T18:00:00Z", "the day after Thanksgiving"],
    ["2024-12-24", "2024-12-24T18:00:00Z", "Christmas Eve"],
    ["2014-12-26", "2014-12-26T21:00:00Z", "whole"],
  ])("closes on %s at %s (%s)", (date, close) => {
    expect(isoText(closeOf(date) ?? Number.NaN)).toBe(close);
  });

  test("closes at 13:00 or 16:00 New York time on weekdays, as the zone database has it", () => {
    for (const close of closes) expect(local.format(close)).toMatch(/^(Mon|Tue|Wed|Thu|Fri),? (13|16):00$/);
  });

  test("opens at 09:30 New York time", () => {
    for (const close of closes) {
      const open = xnys.slots("1m", close - 7 * 3_600_000, close)[0]! - 60_000;
      expect(local.format(open)).toMatch(/09:30$/);
    }
  });

  test("cuts a session into hours, the last one short", () => {
    const slots = xnys.slots("1h", at("2024-11-27T12:00:00Z"), at("2024-11-30T00:00:00Z"));
    expect([...slots].map(isoText)).toEqual([
      "2024-11-27T15:30:00Z",
      "2024-11-27T16:30:00Z",
      "2024-11-27T17:30:00Z",
      "2024-11-27T18:30:00Z",
      "2024-11-27T19:30:00Z",
      "2024-11-27T20:30:00Z",
      "2024-11-27T21:00:00Z",
      "2024-11-29T15:30:00Z",
      "2024-11-29T16:30:00Z",
      "2024-11-29T17:30:00Z",
      "2024-11-29T18:00:00Z",
    ]);
  });

  test("ends weeks and months with their last session", () => {
    expect(isoText(xnys.barEnd("1w", at("2024-03-26T00:00:00Z")))).toBe("2024-03-28T20:00:00Z");
    expect(isoText(xnys.barEnd("1mo", at("2024-03-26T00:00:00Z")))).toBe("2024-03-28T20:00:00Z");
    expect(isoText(xnys.barEndOfStart("1w", at("2024-03-25T12:00:00Z")))).toBe("2024-03-28T20:00:00Z");
    expect(isoText(xnys.barEndOfStart("1mo", at("2024-04-01T12:00:00Z")))).toBe("2024-04-30T20:00:00Z");
  });

  test("knows bars by their start, and none outside of sessions", () => {
    const minute = (text: string) => xnys.barEndOfStart("1m", at(text));
    expect(isoText(minute("2024-07-01T13:30:00Z"))).toBe("2024-07-01T13:31:00Z");
    expect(isoText(minute("2024-07-01T19:59:00Z"))).toBe("2024-07-01T20:00:00Z");
    expect(minute("2024-07-01T20:00:00Z")).toBeNaN();
    expect(minute("2024-07-01T13:30:30Z")).toBeNaN();
    expect(minute("2024-07-04T15:00:00Z")).toBeNaN();
    expect(isoText(xnys.barEndOfStart("1h", at("2024-07-01T19:30:00Z")))).toBe("2024-07-01T20:00:00Z");
  });

  test("finds the local day of an instant across midnight UTC", () => {
    expect(isoText(xnys.sessionEndOfDay(at("2024-07-02T03:59:00Z")) ?? 0)).toBe("2024-07-01T20:00:00Z");
    expect(isoText(xnys.sessionEndOfDay(at("2024-07-02T04:00:00Z")) ?? 0)).toBe("2024-07-02T20:00:00Z");
    expect(isoText(xnys.sessionEndOfDay(at("2024-01-03T04:59:00Z")) ?? 0)).toBe("2024-01-02T21:00:00Z");
    expect(isoText(xnys.sessionEndOfDay(at("2024-01-03T05:00:00Z")) ?? 0)).toBe("2024-01-03T21:00:00Z");
  });

  test("gives as the end of a bar the first slot that is not before the stamp", () => {
    const interval = fc.constantFrom<Interval>("1m", "30m", "1h", "4h", "1d", "1w", "1mo");
    fc.assert(
      fc.property(
        interval,
        fc.integer({ min: at("1998-02-01T00:00:00Z"), max: at("2035-11-01T00:00:00Z") }),
        (i, stamp) => {
          const slots = xnys.slots(i, stamp - 1, stamp + 40 * 86_400_000);
          expect(xnys.barEnd(i, stamp)).toBe(slots[0]);
          expect(xnys.barEnd(i, slots[0]!)).toBe(slots[0]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("refuses what lies beyond the years that it knows", () => {
    expect(() => xnys.barEnd("1d", at("1997-12-31T21:00:00Z"))).toThrow(/from 1998 to 2035, not at 1997/);
    expect(() => xnys.slots("1d", at("2035-01-01T00:00:00Z"), at("2036-02-01T00:00:00Z"))).toThrow(/2036-02-01/);
    expect(() => xnys.sessionEndOfDay(at("2036-01-02T15:00:00Z"))).toThrow(/2036-01-02/);
  });

  test("averages about 252 sessions a year", () => {
    const sessions = xnys.slots("1d", at("2000-01-01T00:00:00Z"), at("2020-01-01T00:00:00Z")).length;
    expect(sessions / 20).toBeCloseTo(251.6, 1);
    expect(xnys.periodsPerYear("1d")).toBe(252);
    expect(xnys.periodsPerYear("1m")).toBe(252 * 390);
    expect(xnys.periodsPerYear("1h")).toBe(252 * 7);
  });
});

describe("requireCalendar", () => {
  test("lists what exists", () => {
    expect(() => requireCalendar("XLON")).toThrow(
      expect.objectContaining({ code: "data.unknown-calendar", next: "Use one of 24x7, observed, XNYS." }),
    );
    expect(() => requireCalendar("toString")).toThrow(expect.objectContaining({ code: "data.unknown-calendar" }));
  });
});
