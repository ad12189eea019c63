import { describe, expect, test } from "vitest";
import { requireCalendar } from "../data/calendar/calendars.ts";
import type { Brokerage } from "./brokerage.ts";
import { fillAt } from "./fill-log.ts";
import { type Bar, start, type Told, trade } from "./told.test.helper.ts";

const still = (n: number, price = 10): Bar[] => Array.from({ length: n }, () => [price, price, price, price]);
const DAY = 86_400_000;
const days = (n: number) => Array.from({ length: n }, (_, i) => Date.UTC(2024, 0, 2 + i));
const enter = [1, 0, 0, 0, 0, 0, 0, 0] as const;
const units = (n: number) => Array.from({ length: 8 }, () => n);

describe("options that can't be are refused by name", () => {
  test.each<[string, Partial<Brokerage>, RegExp]>([
    ["a negative percentage", { fee: { kind: "percent", fraction: -0.1 } }, /fee fraction is -0.1/],
    [
      "a maximum below its minimum",
      { fee: { kind: "per-share", amount: 1, minimum: 2, maximum: 1 } },
      /fee maximum is 1/,
    ],
    ["a taker who is paid", { fee: { kind: "maker-taker", maker: 0, taker: -1 } }, /taker fee is -1/],
    ["no tier", { fee: { kind: "tiered", of: "shares", over: "month", tiers: [], maker: 0, taker: 0 } }, /no tier/],
    ["all of the price slips", { slippage: { kind: "percent", fraction: 1 } }, /slippage fraction is 1/],
    [
      "a fallback of all",
      { slippage: { kind: "volume-share", coefficient: 1, fallback: 1 } },
      /slippage fallback is 1/,
    ],
    [
      "half a window",
      { slippage: { kind: "square-root", coefficient: 1, window: 2.5, fallback: 0 } },
      /volatility window/,
    ],
    ["a cap of nothing", { volumeCap: {} }, /caps nothing/],
    ["a cap beyond the volume", { volumeCap: { share: 2 } }, /share of the volume is 2/],
    [
      "a call at opening",
      { margin: { long: { initial: 0.2, maintenance: 0.3 }, short: { initial: 1, maintenance: 1 } } },
      /maintenance margin of longs/,
    ],
    [
      "margin beside settlement",
      {
        margin: { long: { initial: 1, maintenance: 1 }, short: { initial: 1, maintenance: 1 } },
        settlement: { sessions: 1 },
      },
      /settle later/,
    ],
    ["half a session", { settlement: { sessions: 0.5 } }, /settlement is 0.5/],
    ["a lender who pays", { borrow: { rate: -1 } }, /borrow rate is -1/],
    ["no number", { interest: { credit: [], debit: Number.NaN } }, /debit interest is NaN/],
  ])("%s", (_what, brokerage, message) => {
    const told: Told = { bars: still(3), long: { enter }, brokerage };
    expect(() => start(told)).toThrow(
      expect.objectContaining({ code: "backtest.invalid-option", message: expect.stringMatching(message) }),
    );
  });

  test("a maker may be paid", () => {
    expect(() =>
      start({ bars: still(3), long: { enter }, brokerage: { fee: { kind: "maker-taker", maker: -0.0001, taker: 0 } } }),
    ).not.toThrow();
  });

  test("an action that can't be is refused with its symbol", () => {
    const actions = [{ time: 0, kind: "split", ratio: 0 }] as const;
    expect(() => start({ bars: still(3), long: { enter }, actions })).toThrow(
      expect.objectContaining({ code: "backtest.invalid-action", place: expect.objectContaining({ symbol: "A" }) }),
    );
  });
});

describe("impossible prices", () => {
  test("a price of zero is refused with its bar, wherever in the bar it stands", () => {
    for (const bar of [
      [0, 10, 10, 10],
      [10, 0, 10, 10],
      [10, 10, 0, 10],
      [10, 10, 10, 0],
    ] as const)
      expect(() => trade({ bars: [...still(2), bar], long: { enter, size: units(1), stop: units(5) } })).toThrow(
        expect.objectContaining({ code: "backtest.invalid-price" }),
      );
  });

  test("a burst of missing prices makes orders wait", () => {
    const gap: Bar = [Number.NaN, Number.NaN, Number.NaN, Number.NaN];
    const bars = [...still(1), gap, gap, gap, ...still(1)];
    const { told, counters } = trade({ bars, long: { enter, size: units(1), limit: units(10) } });
    expect(told).toEqual([[5, "entry", 1, 10]]);
    expect(counters.gaps).toBe(3);
  });
});

describe("what an account can do", () => {
  const margin = {
    long: { initial: 0.5, maintenance: 0.3 },
    short: { initial: 0.5, maintenance: 0.3 },
  };

  test("margin opens twice the equity, on both sides; leverage less", () => {
    const size = units(10_000);
    const bought = trade({ bars: still(3), long: { enter, size }, brokerage: { margin } });
    expect(bought.told).toEqual([[2, "entry", 2000, 10]]);
    expect(bought.cash).toBe(-10_000);
    const sold = trade({ bars: still(3), short: { enter, size }, brokerage: { margin } });
    expect(sold.told).toEqual([[2, "entry", -2000, 10]]);
    const less = trade({ bars: still(3), long: { enter, size }, brokerage: { margin: { ...margin, leverage: 1.2 } } });
    expect(less.told).toEqual([[2, "entry", 1200, 10]]);
  });

  test("a call sells everything at the next open, and says so", () => {
    const bars = [...still(2), [10, 10, 7, 7] as const, ...still(2, 6)];
    const { told, counters, finalEquity } = trade({
      bars,
      long: { enter: [1, 0, 1, 0, 0], size: units(10_000) },
      brokerage: { margin },
    });
    // Of 20,000 at 7 there are 4,000 left, where 0.3 x 14,000 = 4,200 are needed.
    expect(told).toEqual([
      [2, "entry", 2000, 10],
      [4, "margin-call", -2000, 6],
    ]);
    expect(counters.marginCalls).toMatchObject([{ equity: 4000, required: 4200 }]);
    expect(finalEquity).toBe(2000);
  });

  test("proceeds can be spent two sessions later, a holiday not counted", () => {
    // Bought and sold for 10,000 in turns; Monday 15 January 2024 was no session.
    const xnys = requireCalendar("XNYS");
    const stamps = [9, 10, 11, 12, 16, 17, 18].map((day) => Date.UTC(2024, 0, day, 21));
    const of = { bars: still(7), stamps, calendar: xnys, brokerage: { settlement: { sessions: 2 } } };
    const turns = { enter: [1, 0, 1, 1, 1, 1, 1], exit: [0, 1, 0, 0, 0, 0, 0], size: 1 } as const;
    const { fills, counters } = trade({ ...of, long: turns });
    // Sold on the 11th; settled on the 16th, and spent there by the order of the 12th.
    expect(Array.from(fills.time)).toEqual([stamps[1], stamps[2], stamps[4]]);
    expect(counters.cuts[0]?.orders).toBe(1);
  });

  test("a short pays for every night, weekends included, at its own rate where it has one", () => {
    const stamps = [4, 5, 8].map((day) => Date.UTC(2024, 0, day, 21));
    const of = { bars: still(3), stamps, calendar: requireCalendar("XNYS"), short: { enter, size: units(100) } };
    const nights = (told: Partial<Told>) => trade({ ...of, ...told }).costs.borrow;
    expect(nights({ brokerage: { borrow: { rate: 0.365 } } })).toBeCloseTo(3, 12);
    expect(nights({ brokerage: { borrow: { rate: 0.365 } }, instrument: { borrowRate: 0.0365 } })).toBeCloseTo(0.3, 12);
    expect(nights({ instrument: { borrowRate: 0.73 } })).toBeCloseTo(6, 12);
  });

  test("what nobody lends is not sold short", () => {
    const { told, counters } = trade({
      bars: still(3),
      short: { enter, size: units(1) },
      instrument: { shortable: false },
    });
    expect(told).toEqual([]);
    expect(counters.rejected).toMatchObject([{ symbol: "A", reason: "not-shortable", quantity: -1 }]);
  });
});

describe("what companies do", () => {
  test("a split turns a position, its orders and its cost; what is left of a lot is paid in cash", () => {
    const stamps = days(5);
    const bars: Bar[] = [...still(2), [4, 4.4, 3.6, 4], [4, 4, 3.2, 3.4], ...still(1, 3)];
    const result = trade({
      bars,
      stamps,
      lot: 1,
      long: { enter, size: units(3), stop: units(8.5) },
      actions: [{ time: stamps[1]!, kind: "split", ratio: 2.5 }],
    });
    const fills = Array.from(result.fills.time, (_, i) => fillAt(result, i));
    expect(fills.map(({ kind, quantity, price }) => [kind, quantity, price])).toEqual([
      ["entry", 3, 10],
      ["split", 4.5, 0],
      ["fraction", -0.5, 4],
      ["stop", -7, 3.4],
    ]);
    expect(result.splits).toEqual([{ symbol: "A", time: stamps[2], ratio: 2.5, before: 3, after: 7, cash: 2 }]);
    expect(result.trades).toMatchObject([{ quantity: 7.5, entryPrice: 4 }]);
    expect(result.finalEquity).toBeCloseTo(10_000 - 30 + 2 + 7 * 3.4, 9);
  });

  test("a dividend is credited to who held before its day, and debited to a short", () => {
    const stamps = days(4);
    const actions = [
      { time: stamps[1]! - DAY / 2, kind: "dividend", amount: 1 },
      { time: stamps[1]!, kind: "dividend", amount: 0.5 },
    ] as const;
    const of = { bars: still(4), stamps, actions };
    const long = trade({ ...of, long: { enter, size: units(10) } });
    expect([long.costs.dividends, long.finalEquity]).toEqual([5, 10_005]);
    expect(long.dividends).toEqual([{ symbol: "A", time: stamps[2], amount: 0.5, quantity: 10 }]);
    expect(trade({ ...of, short: { enter, size: units(10) } }).costs.dividends).toBe(-5);
  });
});
