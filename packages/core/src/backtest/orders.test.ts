import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Brokerage } from "./brokerage.ts";
import { at, type Bar, type SideRows, start, type Told, trade } from "./told.test.helper.ts";
import { tradesOf } from "./trades.ts";

const still = (n: number): Bar[] => Array.from({ length: n }, () => [10, 10, 10, 10]);
const sized = { size: [10, 10, 10, 10, 10, 10, 10, 10] };

describe("entries and exits", () => {
  test("enters at the open after the entry, exits at the open after the exit, then may enter again", () => {
    const { told, trades, counters } = trade({
      bars: still(7),
      long: { enter: [1, 1, 1, 1, 1, 0, 0], exit: [0, 0, 1, 0, 0, 0, 0], size: 0.5 },
    });
    // The exit's own row does not enter again; the row after it, flat, does.
    expect(told).toEqual([
      [2, "entry", 500, 10],
      [4, "exit", -500, 10],
      [5, "entry", 500, 10],
    ]);
    expect(trades.map(({ bars, open }) => [bars, open])).toEqual([
      [2, false],
      [2, true],
    ]);
    expect(counters).toMatchObject({ entries: 2, decisions: 3, conflicts: 0 });
  });

  test("the exit rule is asked on the bar of entry already", () => {
    expect(trade({ bars: still(4), long: { enter: [1, 0, 0, 0], exit: [0, 1, 0, 0], ...sized } }).told).toEqual([
      [2, "entry", 10, 10],
      [3, "exit", -10, 10],
    ]);
  });

  test("an entry and its exit on one row enter nothing", () => {
    expect(trade({ bars: still(3), long: { enter: [1, 0, 0], exit: [1, 0, 0], ...sized } }).told).toEqual([]);
  });

  test("one side at a time: the other side's entries are passed over until flat", () => {
    const { told } = trade({
      bars: still(6),
      long: { enter: [1, 0, 0, 0, 0, 0], exit: [0, 0, 1, 0, 0, 0], ...sized },
      short: { enter: [0, 1, 1, 1, 0, 0], size: [5, 5, 5, 5, 5, 5] },
    });
    expect(told).toEqual([
      [2, "entry", 10, 10],
      [4, "exit", -10, 10],
      [5, "entry", -5, 10],
    ]);
  });

  test("both sides at once enter neither, and are counted", () => {
    const { told, counters } = trade({
      bars: still(4),
      long: { enter: [1, 0, 0, 0], ...sized },
      short: { enter: [1, 0, 0, 0], ...sized },
    });
    expect(told).toEqual([]);
    expect(counters.conflicts).toBe(1);
  });

  test("an exit cancels an entry that still waits for a price", () => {
    const gap: Bar = [Number.NaN, Number.NaN, Number.NaN, Number.NaN];
    const bars = [still(1)[0]!, gap, ...still(2)];
    expect(trade({ bars, long: { enter: [1, 0, 0, 0], ...sized } }).told).toEqual([[3, "entry", 10, 10]]);
    expect(trade({ bars, long: { enter: [1, 0, 0, 0], exit: [0, 1, 0, 0], ...sized } }).told).toEqual([]);
  });

  test("expires at the open after so many bars, the bar of entry included", () => {
    const { told } = trade({ bars: still(6), long: { enter: [1, 0, 0, 0, 0, 0], expire: 2, ...sized } });
    expect(told).toEqual([
      [2, "entry", 10, 10],
      [4, "expired", -10, 10],
    ]);
  });

  test("an exit that waits for a price stays an exit when its time is up", () => {
    const gap: Bar = [Number.NaN, Number.NaN, Number.NaN, Number.NaN];
    const bars = [...still(2), gap, ...still(1)];
    const { told } = trade({ bars, long: { enter: [1, 0, 0, 0], exit: [0, 1, 0, 0], expire: 2, ...sized } });
    expect(told.slice(1)).toEqual([[4, "exit", -10, 10]]);
  });

  test("an entry without a size or a level is undecided", () => {
    const nan = Number.NaN;
    for (const missing of [
      { size: [nan, 1] },
      { size: [0, 1] },
      { size: [] },
      { ...sized, stop: [nan, 9] },
      { ...sized, takeProfit: [] },
    ]) {
      const { told, counters } = trade({ bars: still(3), long: { enter: [1, 0, 0], ...missing } });
      expect(told).toEqual([]);
      expect(counters.undecided).toBe(1);
    }
  });

  test("rows before the columns are valid say nothing; the first that is begins the run", () => {
    const { told, firstDecision } = trade({ bars: still(4), long: { enter: [1, 1, 1, 1], ...sized }, firstValid: 2 });
    expect(told).toEqual([[4, "entry", 10, 10]]);
    expect(firstDecision).toBe(at(3));
  });
});

describe("stops and take-profits", () => {
  const enter = [1, 0, 0, 0] as const;
  const long = { enter, ...sized, stop: [9, 1, 1, 1], takeProfit: [12, 99, 99, 99] };
  const short = { enter, ...sized, stop: [11, 99, 99, 99], takeProfit: [8, 1, 1, 1] };
  const after = (bar: Bar, of: Partial<Told> = { long }) =>
    trade({ bars: [...still(2), bar, ...still(1)], ...of }).told.slice(1);

  test("levels are those of the entry's row, checked inside the bar", () => {
    expect(after([10, 11, 9, 10])).toEqual([[3, "stop", -10, 9]]);
    expect(after([10, 12, 9.5, 10])).toEqual([[3, "take-profit", -10, 12]]);
    expect(after([10, 11.9, 9.1, 10])).toEqual([]);
    expect(after([10, 11, 9, 10], { short })).toEqual([[3, "stop", 10, 11]]);
    expect(after([10, 10.5, 8, 10], { short })).toEqual([[3, "take-profit", 10, 8]]);
  });

  test("the stop comes first where both are touched", () => {
    expect(after([10, 13, 8, 10])).toEqual([[3, "stop", -10, 9]]);
    expect(after([10, 13, 7, 10], { short })).toEqual([[3, "stop", 10, 11]]);
  });

  test("an open beyond a level fills at the open", () => {
    expect(after([8, 13, 7, 10])).toEqual([[3, "stop", -10, 8]]);
    expect(after([13, 14, 8, 10])).toEqual([[3, "take-profit", -10, 13]]);
    expect(after([13, 14, 7, 10], { short })).toEqual([[3, "stop", 10, 13]]);
    expect(after([7, 14, 6, 10], { short })).toEqual([[3, "take-profit", 10, 7]]);
  });

  test("the bar of entry is checked from its open on", () => {
    const bars: Bar[] = [...still(1), [10, 11, 8.5, 10], ...still(1)];
    expect(trade({ bars, long }).told).toEqual([
      [2, "entry", 10, 10],
      [2, "stop", -10, 9],
    ]);
    expect(trade({ bars, long }).trades).toMatchObject([{ bars: 0, profit: -10 }]);
  });

  test("an exit at the open comes before any level", () => {
    const bars: Bar[] = [...still(2), [10, 13, 7, 10]];
    expect(trade({ bars, long: { ...long, exit: [0, 1, 0] } }).told.slice(1)).toEqual([[3, "exit", -10, 10]]);
  });

  test("a stop slips, a take-profit does not", () => {
    const brokerage = { slippage: { kind: "percent", fraction: 0.1 } } as const;
    expect(after([10, 11, 9, 10], { long, brokerage })).toEqual([[3, "stop", -10, 9 * 0.9]]);
    expect(after([10, 12, 10, 10], { long, brokerage })).toEqual([[3, "take-profit", -10, 12]]);
  });

  test("levels are rounded to the tick against the order", () => {
    const rough = { ...long, stop: [9.13], takeProfit: [11.81] };
    expect(after([10, 10, 9, 10], { long: rough, tick: 0.25 })).toEqual([[3, "stop", -10, 9]]);
    expect(after([10, 12, 10, 10], { long: rough, tick: 0.25 })).toEqual([[3, "take-profit", -10, 12]]);
    const steep = { ...short, stop: [11.13], takeProfit: [8.19] };
    expect(after([10, 12, 10, 10], { short: steep, tick: 0.25 })).toEqual([[3, "stop", 10, 11.25]]);
    expect(after([10, 10, 7, 10], { short: steep, tick: 0.25 })).toEqual([[3, "take-profit", 10, 8]]);
  });

  test("a bar without an open leaves the position alone", () => {
    expect(after([Number.NaN, 13, 7, 10])).toEqual([]);
  });
});

test("long and short trades of any kind balance, however they are advanced", () => {
  const flag = fc.constantFrom<0 | 1>(0, 0, 1);
  const level = fc.integer({ min: 80, max: 120 }).map((n) => n / 10);
  const side = (n: number): fc.Arbitrary<SideRows> => {
    const rows = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: n, maxLength: n });
    return fc.record(
      {
        enter: rows(flag),
        exit: rows(flag),
        size: rows(fc.constantFrom(1, 40, 2000)),
        stop: rows(level),
        takeProfit: rows(level),
        expire: fc.integer({ min: 1, max: 6 }),
      },
      { requiredKeys: ["enter", "size"] },
    );
  };
  const bar = fc
    .tuple(level, level, level, level)
    .map(([a, b, c, d]): Bar => [a, Math.max(a, b, c, d), Math.min(a, b, c, d), d]);
  const told = fc.array(bar, { minLength: 2, maxLength: 30 }).chain((bars) =>
    fc.record({
      bars: fc.constant(bars),
      long: side(bars.length),
      short: side(bars.length),
      lot: fc.constantFrom(0, 1, 10),
      brokerage: fc.constantFrom<Partial<Brokerage>>(
        {},
        { fee: { kind: "percent", fraction: 0.001 }, slippage: { kind: "percent", fraction: 0.01 } },
      ),
    }),
  );
  let closings = 0;
  fc.assert(
    fc.property(told, fc.array(fc.nat({ max: 31 })), (given, cuts) => {
      const whole = start(given);
      whole.advance(Number.POSITIVE_INFINITY);
      const parts = start(given);
      for (const cut of cuts) parts.advance(at(cut));
      parts.advance(at(99));
      const result = whole.result();
      expect(parts.result()).toEqual(result);
      const profit = tradesOf(result).reduce((sum, one) => sum + one.profit, 0);
      expect(Math.abs(profit - (result.finalEquity - 10_000))).toBeLessThan(1e-6);
      expect(result.cash).toBeGreaterThanOrEqual(0);
      closings += tradesOf(result).filter(({ open }) => !open).length;
    }),
    { numRuns: 300, seed: 29 },
  );
  expect(closings).toBeGreaterThan(300);
});
