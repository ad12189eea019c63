import { describe, expect, test } from "vitest";
import { requireCalendar } from "../data/calendar/calendars.ts";
import { fillAt } from "./fill-log.ts";
import { at, type Bar, type SideRows, type Told, trade } from "./told.test.helper.ts";

const still = (n: number): Bar[] => Array.from({ length: n }, () => [10, 10, 10, 10]);
const enter = [1, 0, 0, 0, 0, 0, 0, 0] as const;
const sized = { enter, size: [10, 10, 10, 10, 10, 10, 10, 10] };
const row = (value: number) => Array.from({ length: 8 }, () => value);
/** The entry is decided at the close of bar 1. */
const long = (bars: readonly Bar[], rows: Partial<SideRows>, of: Partial<Told> = {}) =>
  trade({ bars: [...still(1), ...bars], long: { ...sized, ...rows }, ...of });
const short = (bars: readonly Bar[], rows: Partial<SideRows>, of: Partial<Told> = {}) =>
  trade({ bars: [...still(1), ...bars], short: { ...sized, ...rows }, ...of });
const slipping = { brokerage: { slippage: { kind: "percent", fraction: 0.1 } } } as const;

describe("entries that wait for a price", () => {
  test("a limit is filled at its level, at a better open, or later", () => {
    const limit = row(9);
    expect(long([[10, 11, 9, 10]], { limit }).told).toEqual([[2, "entry", 10, 9]]);
    expect(long([[8, 11, 7, 10]], { limit }).told).toEqual([[2, "entry", 10, 8]]);
    expect(
      long(
        [
          [10, 11, 9.5, 10],
          [10, 10, 8, 9],
        ],
        { limit },
      ).told,
    ).toEqual([[3, "entry", 10, 9]]);
    expect(short([[10, 12, 9, 10]], { limit: row(11) }).told).toEqual([[2, "entry", -10, 11]]);
    expect(long([[10, 11, 9, 10]], { limit }, slipping).told).toEqual([[2, "entry", 10, 9]]);
  });

  test("a stop slips from its level, or from an open beyond it", () => {
    const trigger = row(11);
    expect(long([[10, 12, 9, 10]], { trigger }).told).toEqual([[2, "entry", 10, 11]]);
    expect(long([[12, 13, 11.5, 12]], { trigger }).told).toEqual([[2, "entry", 10, 12]]);
    expect(long([[10, 12, 9, 10]], { trigger }, slipping).told).toEqual([[2, "entry", 10, 11 * 1.1]]);
    expect(short([[10, 11, 8, 10]], { trigger: row(9) }).told).toEqual([[2, "entry", -10, 9]]);
  });

  test("a stop-limit slips no further than its limit, and waits behind a gap", () => {
    const rows = { trigger: row(11), limit: row(11.5) };
    expect(long([[10, 12, 9, 10]], rows).told).toEqual([[2, "entry", 10, 11]]);
    expect(long([[10, 12, 9, 10]], rows, slipping).told).toEqual([[2, "entry", 10, 11.5]]);
    expect(
      long(
        [
          [12, 13, 11.8, 12],
          [12, 12, 11, 12],
        ],
        rows,
      ).told,
    ).toEqual([[3, "entry", 10, 11.5]]);
    expect(long([[12, 13, 11.2, 12]], rows).told).toEqual([[2, "entry", 10, 11.5]]);
  });

  test("their levels go to the tick against the order", () => {
    expect(long([[10, 11, 8, 10]], { limit: row(9.13) }, { tick: 0.25 }).told).toEqual([[2, "entry", 10, 9]]);
    expect(long([[10, 12, 8, 10]], { trigger: row(11.13) }, { tick: 0.25 }).told).toEqual([[2, "entry", 10, 11.25]]);
  });

  test("a missing level leaves the entry undecided", () => {
    for (const missing of [
      { limit: row(Number.NaN) },
      { trigger: [] },
      { trail: row(0) },
      { until: row(Number.NaN) },
    ]) {
      const { told, counters } = long([[10, 12, 8, 10]], missing);
      expect(told).toEqual([]);
      expect(counters.undecided).toBe(1);
    }
  });

  test("both sides may wait for a breakout, and the first cancels the other", () => {
    const both = (bar: Bar, after: Bar) =>
      trade({
        bars: [...still(1), bar, after],
        long: { ...sized, trigger: row(11) },
        short: { ...sized, trigger: row(9) },
      });
    expect(both([10, 12, 9.5, 12], [12, 12, 8, 8]).told).toEqual([[2, "entry", 10, 11]]);
    expect(both([10, 10.5, 8, 8], [12, 12, 8, 8]).told).toEqual([[2, "entry", -10, 9]]);
    // Both could be first: the one that stands worse at the close is.
    expect(both([10, 12, 8, 12], [12, 12, 12, 12]).told).toEqual([[2, "entry", -10, 9]]);
    expect(both([10, 12, 8, 8], [8, 8, 8, 8]).told).toEqual([[2, "entry", 10, 11]]);
    expect(both([10, 10, 10, 10], [10, 10, 10, 10]).counters.conflicts).toBe(0);
  });
});

describe("how long an entry waits", () => {
  const never: Bar = [10, 11, 9.5, 10];
  const reached: Bar = [10, 11, 8, 10];
  const limit = row(9);

  test("until it is filled; until an exit withdraws it", () => {
    const bars = [never, never, reached];
    expect(long(bars, { limit }).told).toEqual([[4, "entry", 10, 9]]);
    expect(long(bars, { limit, exit: [0, 0, 1, 0] }).told).toEqual([]);
  });

  test("through the session of its first bar, and no longer", () => {
    // Hours of 24x7: the session ends with bar 24.
    const hours = (n: number) => Array.from({ length: n }, () => never);
    const day = { limit, timeInForce: "day" } as const;
    expect(long([...hours(22), reached], day).told).toEqual([[24, "entry", 10, 9]]);
    const late = long([...hours(23), reached], day);
    expect(late.told).toEqual([]);
    expect(late.counters.expired).toEqual([{ symbol: "A", orders: 1, quantity: 10 }]);
  });

  test("a day ends with a half day's early close", () => {
    const xnys = requireCalendar("XNYS");
    // The Friday after Thanksgiving 2023 closed at 13:00 in New York.
    const stamps = [
      Date.UTC(2023, 10, 24, 17),
      Date.UTC(2023, 10, 24, 18),
      Date.UTC(2023, 10, 27, 15, 30),
      Date.UTC(2023, 10, 27, 16, 30),
    ];
    const of = { calendar: xnys, stamps };
    const day = long([never, reached, reached], { limit, timeInForce: "day" }, of);
    expect([day.told, day.counters.expired.length]).toEqual([[], 1]);
    expect(long([reached], { limit, timeInForce: "day" }, of).told.length).toBe(1);
  });

  test("until an instant: bars that end by then", () => {
    const until = (i: number) => row(at(i) / 1000);
    expect(long([never, reached], { limit, timeInForce: "gtd", until: until(3) }).told).toEqual([[3, "entry", 10, 9]]);
    const late = long([never, reached], { limit, timeInForce: "gtd", until: until(2.5) });
    expect([late.told, late.counters.expired.length]).toEqual([[], 1]);
  });

  test("for the first open only", () => {
    for (const timeInForce of ["ioc", "fok"] as const) {
      expect(long([[8, 9, 7, 8]], { limit, timeInForce }).told).toEqual([[2, "entry", 10, 8]]);
      const missed = long([reached, reached], { limit, timeInForce });
      expect([missed.told, missed.counters.expired]).toEqual([[], [{ symbol: "A", orders: 1, quantity: 10 }]]);
    }
  });

  test("what waits for a symbol that ends is named", () => {
    const ended = long([never, never], { limit });
    expect(ended.counters.unfilled).toEqual([{ symbol: "A", decided: at(1), quantity: 10 }]);
  });
});

describe("auctions", () => {
  const xnys = requireCalendar("XNYS");
  const stamps = [
    Date.UTC(2023, 10, 24, 15, 30),
    Date.UTC(2023, 10, 24, 16, 30),
    Date.UTC(2023, 10, 24, 18),
    Date.UTC(2023, 10, 27, 15, 30),
    Date.UTC(2023, 10, 27, 16, 30),
    Date.UTC(2023, 10, 27, 21),
  ];
  const bars: Bar[] = [1, 2, 3, 4, 5].map((n) => [10 + n, 20 + n, 5 + n, 15 + n]);
  const of = { calendar: xnys, stamps };

  test("the close of the session, half days included, and the open of the next", () => {
    const closing = long(bars, { at: "close" }, of);
    expect(fillAt(closing, 0)).toMatchObject({ time: stamps[2], price: 17, type: "market-on-close", moment: "close" });
    const opening = long(bars, { at: "open" }, of);
    expect(fillAt(opening, 0)).toMatchObject({ time: stamps[3], price: 13, type: "market-on-open", moment: "open" });
  });

  test("exits as well", () => {
    const { told } = long(bars, { at: "close", exit: [0, 0, 0, 1] }, of);
    expect(told.map(([, kind, quantity, price]) => [kind, quantity, price])).toEqual([
      ["entry", 10, 17],
      ["exit", -10, 20],
    ]);
  });
});

describe("the path inside the bar", () => {
  const rows = { limit: row(9), stop: row(8), takeProfit: row(11) };
  const wild: Bar = [10, 12, 7, 10];

  test("after a limit entry the take-profit is not sure, the stop is", () => {
    expect(long([wild], rows).told).toEqual([
      [2, "entry", 10, 9],
      [2, "stop", -10, 8],
    ]);
    expect(long([[10, 12, 8.5, 10]], rows).told).toEqual([[2, "entry", 10, 9]]);
    // The close above the take-profit came after the entry for sure.
    expect(long([[10, 12, 8.5, 11.5]], rows).told).toEqual([
      [2, "entry", 10, 9],
      [2, "take-profit", -10, 11],
    ]);
  });

  test("after a breakout the stop comes first, and then what lies beyond", () => {
    const breakout = { trigger: row(11), stop: row(8), takeProfit: row(12) };
    expect(long([[10, 13, 7, 10]], breakout).told).toEqual([
      [2, "entry", 10, 11],
      [2, "stop", -10, 8],
    ]);
    expect(long([[10, 13, 9, 10]], breakout).told).toEqual([
      [2, "entry", 10, 11],
      [2, "take-profit", -10, 12],
    ]);
  });

  test("is the one that the world names", () => {
    const low = { brokerage: { path: "open-low-high-close" } } as const;
    const high = { brokerage: { path: "open-high-low-close" } } as const;
    const safe = { limit: row(9), stop: row(6), takeProfit: row(11) };
    expect(long([wild], safe, low).told).toEqual([
      [2, "entry", 10, 9],
      [2, "take-profit", -10, 11],
    ]);
    expect(long([wild], safe, high).told).toEqual([[2, "entry", 10, 9]]);
    expect(long([[10, 10, 10, 10], wild], { stop: row(8), takeProfit: row(11) }, high).told.slice(1)).toEqual([
      [3, "take-profit", -10, 11],
    ]);
    expect(long([[10, 10, 10, 10], wild], { stop: row(8), takeProfit: row(11) }).told.slice(1)).toEqual([
      [3, "stop", -10, 8],
    ]);
  });
});

describe("a trailing stop", () => {
  const trail = row(2);

  test("follows the best price of bars that have passed, and of its own where that is sure", () => {
    expect(
      long(
        [
          [10, 11, 9, 11],
          [11, 14, 10, 13],
          [13, 13, 11, 12],
        ],
        { trail },
      ).told,
    ).toEqual([
      [2, "entry", 10, 10],
      [4, "trailing-stop", -10, 12],
    ]);
    // It rose to 14 and closed at 11: on that way the stop at 12 was passed.
    expect(long([[10, 14, 9, 11]], { trail }).told.slice(1)).toEqual([[2, "trailing-stop", -10, 12]]);
    // From 10 it may have fallen to 9 before it rose to 11.5.
    expect(long([[10, 11.5, 9, 11]], { trail }).told.slice(1)).toEqual([]);
    expect(
      short(
        [
          [10, 10.5, 7, 7.5],
          [7.5, 9, 7, 8],
        ],
        { trail },
      ).told.slice(1),
    ).toEqual([[3, "trailing-stop", 10, 9]]);
  });

  test("slips, and sells at the open behind a gap", () => {
    expect(
      long(
        [
          [10, 13, 10, 13],
          [8, 9, 8, 9],
        ],
        { trail },
      ).told.slice(1),
    ).toEqual([[3, "trailing-stop", -10, 8]]);
    const [, exit] = long([[10, 10, 8, 9]], { trail }, slipping).told;
    expect(exit).toEqual([2, "trailing-stop", -10, 8 * 0.9]);
  });

  test("reads its distance anew, and never goes back", () => {
    const tighter = { trail: [2, 2, 1, 1, 1] };
    expect(
      long(
        [
          [10, 10, 10, 10],
          [10, 10, 10, 10],
          [10, 10, 9, 10],
        ],
        tighter,
      ).told.slice(1),
    ).toEqual([[4, "trailing-stop", -10, 9]]);
    const wider = { trail: [1, 1, 5, 5, 5] };
    expect(
      long(
        [
          [10, 10, 10, 10],
          [10, 10, 10, 10],
          [10, 10, 9, 10],
        ],
        wider,
      ).told.slice(1),
    ).toEqual([[4, "trailing-stop", -10, 9]]);
  });

  test("stands beside a stop and a take-profit, each cancels the others", () => {
    const rows = { trail, stop: row(9.5), takeProfit: row(15) };
    expect(
      long(
        [
          [10, 10, 9.5, 10],
          [10, 15, 8, 15],
        ],
        rows,
      ).told,
    ).toEqual([
      [2, "entry", 10, 10],
      [2, "stop", -10, 9.5],
    ]);
  });
});

describe("what a bar's volume allows", () => {
  const cap = { brokerage: { volumeCap: { share: 0.1 } } } as const;
  const volume = [100, 40, 40, 0, 40, 100, 100, 100];

  test("a market order waits for the rest; a bar without volume gives none", () => {
    const { told, counters, fills } = long(still(5), {}, { ...cap, volume });
    expect(told).toEqual([
      [2, "entry", 4, 10],
      [3, "entry", 4, 10],
      [5, "entry", 2, 10],
    ]);
    expect(counters.partial).toEqual([{ symbol: "A", fills: 2 }]);
    expect(Array.from(fills.order)).toEqual([1, 1, 1]);
  });

  test("ioc keeps what the first open gave, fok wants all of it", () => {
    const ioc = long(still(3), { timeInForce: "ioc" }, { ...cap, volume });
    expect(ioc.told).toEqual([[2, "entry", 4, 10]]);
    expect(ioc.counters.expired).toEqual([{ symbol: "A", orders: 1, quantity: 6 }]);
    const fok = long(still(3), { timeInForce: "fok" }, { ...cap, volume });
    expect([fok.told, fok.counters.expired]).toEqual([[], [{ symbol: "A", orders: 1, quantity: 10 }]]);
  });

  test("fok wants to be paid in full as well", () => {
    const poor = { equity: 50, brokerage: {} };
    expect(long(still(2), { timeInForce: "fok" }, poor).told).toEqual([]);
    expect(long(still(2), { timeInForce: "ioc" }, poor).told).toEqual([[2, "entry", 5, 10]]);
  });

  test("a stop that is set off sells the rest at the next open, and no entry comes between", () => {
    const bars: Bar[] = [
      [10, 10, 10, 10],
      [10, 10, 8, 9],
      [8.5, 9, 8, 8.5],
      [8, 8, 8, 8],
    ];
    const { told } = long(bars, { stop: row(9), enter: [1, 0, 1, 1, 0] }, { ...cap, volume: [0, 100, 40, 40, 100] });
    expect(told).toEqual([
      [2, "entry", 10, 10],
      [3, "stop", -4, 9],
      [4, "stop", -4, 8.5],
      [5, "stop", -2, 8],
    ]);
  });

  test("fees are those of the order, not of its parts", () => {
    const fee = { kind: "per-share", amount: 0.01, minimum: 1 } as const;
    const { costs } = long(still(5), {}, { brokerage: { ...cap.brokerage, fee }, volume });
    expect(costs.fees).toBe(1);
  });

  test("every order of a bar draws on the same volume", () => {
    const bars: Bar[] = [
      [10, 10, 8, 10],
      [10, 10, 10, 10],
    ];
    const { told } = long(bars, { limit: row(9), stop: row(8.5) }, { ...cap, volume: [0, 60, 100] });
    expect(told).toEqual([
      [2, "entry", 6, 9],
      [3, "stop", -6, 10],
    ]);
  });
});

describe("makers and takers", () => {
  const fee = { kind: "maker-taker", maker: -0.01, taker: 0.02 } as const;
  const of = { brokerage: { fee } };

  test("an order that waited makes, one that finds its price at once takes", () => {
    expect(long([[10, 10, 9, 10]], { limit: row(9) }, of).costs.fees).toBeCloseTo(-0.9, 12);
    expect(long([[8, 8, 8, 8]], { limit: row(9) }, of).costs.fees).toBeCloseTo(1.6, 12);
    expect(
      long(
        [
          [10, 10, 10, 10],
          [8, 8, 8, 8],
        ],
        { limit: row(9) },
        of,
      ).costs.fees,
    ).toBeCloseTo(-0.8, 12);
    expect(long([[10, 12, 10, 12]], { trigger: row(11) }, of).costs.fees).toBeCloseTo(2.2, 12);
    const { fills } = long(
      [
        [10, 10, 10, 10],
        [10, 12, 10, 12],
      ],
      { takeProfit: row(12) },
      of,
    );
    expect(Array.from(fills.fee)).toEqual([2, -1.2]);
  });
});
