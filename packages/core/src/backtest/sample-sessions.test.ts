import { describe, expect, test } from "vitest";
import { aroundTheClock } from "../data/calendar/around-the-clock.ts";
import { requireCalendar } from "../data/calendar/calendars.ts";
import type { Interval } from "../schema/interval.ts";
import type { BacktestResult } from "./result.ts";
import { sampleSessions } from "./sample-sessions.ts";

const day = (date: number, hour = 0, minute = 0) => Date.UTC(2024, 0, date, hour, minute);

function result(
  interval: Interval,
  points: readonly (readonly [stamp: number, equity: number])[],
  ruined?: number,
): BacktestResult {
  return {
    interval,
    symbols: [],
    times: Float64Array.from(points, ([stamp]) => stamp),
    equity: Float64Array.from(points, ([, equity]) => equity),
    exposure: Float64Array.from(points, (_, i) => i / 10),
    initialEquity: points[0]?.[1] ?? 1,
    finalEquity: points.at(-1)?.[1] ?? 1,
    cash: 0,
    fills: {
      time: new Float64Array(),
      symbol: new Int32Array(),
      bar: new Int32Array(),
      quantity: new Float64Array(),
      held: new Float64Array(),
      price: new Float64Array(),
      fee: new Float64Array(),
      slippage: new Float64Array(),
      realized: new Float64Array(),
      type: new Uint8Array(0),
      moment: new Uint8Array(0),
      order: new Int32Array(0),
      kind: new Uint8Array(),
    },
    positions: [],
    counters: {
      decisions: 0,
      undecided: 0,
      conflicts: 0,
      entries: 0,
      gaps: 0,
      cuts: [],
      partial: [],
      expired: [],
      rejected: [],
      marginCalls: [],
      stale: [],
      ended: [],
      unfilled: [],
    },
    costs: { fees: 0, slippage: 0, borrow: 0, interest: 0, dividends: 0 },
    splits: [],
    dividends: [],
    traded: 0,
    firstDecision: points[0]?.[0],
    ruined,
  };
}

describe("sessions", () => {
  test("the last equity of each UTC day; the rest of the first day is the first period; an unfinished last day is left out", () => {
    const sampled = sampleSessions(
      result("1h", [
        [day(1, 22), 100],
        [day(1, 23), 101],
        [day(2), 110],
        [day(2, 12), 90],
        [day(2, 23), 99],
        [day(3, 5), 132],
        [day(4), 66],
        [day(4, 1), 1],
      ]),
      aroundTheClock,
    );
    expect(Array.from(sampled.times)).toEqual([day(2), day(3), day(4)]);
    expect(Array.from(sampled.equity)).toEqual([100, 110, 99, 66]);
    expect(Array.from(sampled.returns)).toEqual([110 / 100 - 1, 99 / 110 - 1, 66 / 99 - 1]);
    expect(Array.from(sampled.exposure)).toEqual([0.2, 0.4, 0.6]);
    expect(sampled).toMatchObject({ period: "1d", ruined: false });
  });

  test("a first decision that ends its session begins with the next", () => {
    const sampled = sampleSessions(
      result("1h", [
        [day(2), 100],
        [day(2, 8), 90],
        [day(3), 120],
      ]),
      aroundTheClock,
    );
    expect(Array.from(sampled.times)).toEqual([day(3)]);
    expect(Array.from(sampled.equity)).toEqual([100, 120]);
  });

  test("an exchange's sessions end at its close", () => {
    // Tuesday and Wednesday; 16:00 in New York is 21:00Z.
    const sampled = sampleSessions(
      result("30m", [
        [day(2, 15), 100],
        [day(2, 21), 101],
        [day(3, 15), 50],
        [day(3, 21), 102],
        [day(4, 15), 103],
      ]),
      requireCalendar("XNYS"),
    );
    expect(Array.from(sampled.times)).toEqual([day(2, 21), day(3, 21)]);
    expect(Array.from(sampled.equity)).toEqual([100, 101, 102]);
  });

  test.each<Interval>(["1d", "1w", "1mo"])("every bar of a %s stream", (interval) => {
    const sampled = sampleSessions(
      result(interval, [
        [day(2, 21), 100],
        [day(3, 21), 110],
        [day(9, 21), 121],
      ]),
      aroundTheClock,
    );
    expect(Array.from(sampled.times)).toEqual([day(3, 21), day(9, 21)]);
    expect(Array.from(sampled.equity)).toEqual([100, 110, 121]);
    expect(sampled.period).toBe(interval);
  });

  test("ruin ends the series with its own period", () => {
    const points = [
      [day(1, 22), 100],
      [day(2), 50],
      [day(2, 8), -20],
      [day(2, 9), -20],
      [day(3), -20],
      [day(4), -20],
    ] as const;
    const sampled = sampleSessions(result("1h", points, day(2, 8)), aroundTheClock);
    expect(Array.from(sampled.equity)).toEqual([100, 50, -20]);
    expect(Array.from(sampled.returns)).toEqual([-0.5, -1.4]);
    expect(sampled.ruined).toBe(true);
  });

  test("nothing of nothing", () => {
    expect(sampleSessions(result("1h", []), aroundTheClock).equity.length).toBe(0);
    expect(Array.from(sampleSessions(result("1h", [[day(1, 3), 100]]), aroundTheClock).equity)).toEqual([100]);
  });
});
