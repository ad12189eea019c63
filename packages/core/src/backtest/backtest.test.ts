import { describe, expect, test } from "vitest";
import { aroundTheClock } from "../data/calendar/around-the-clock.ts";
import type { Calendar } from "../data/calendar/calendar.ts";
import { observed } from "../data/calendar/observed.ts";
import type { Panel } from "../data/panel.ts";
import type { ColumnArray } from "../schema/cell.ts";
import { bookTop, ohlcv } from "../schema/schema.ts";
import type { DecisionSpec } from "../strategy/graph.ts";
import { createBacktest } from "./backtest.ts";
import type { Brokerage, Instrument } from "./brokerage.ts";
import { type Fill, fillAt } from "./fill-log.ts";
import type { BacktestResult } from "./result.ts";
import { tradesOf } from "./trades.ts";

const HOUR = 3_600_000;
const at = (i: number) => Date.UTC(2024, 0, 1) + i * HOUR;
const free: Brokerage = {
  fee: { kind: "none" },
  slippage: { kind: "none" },
  fill: "next-open",
  act: { kind: "change" },
  maxStale: 1,
};

interface Told {
  /** `[hour, open, close]` or `[hour, bid, ask]`. */
  readonly bars: readonly (readonly [number, number, number])[];
  /** `[hour, target]`; the bars' hours where a plain list of numbers. */
  readonly targets: readonly number[] | readonly (readonly [number, number])[];
  readonly lot?: number;
  readonly tick?: number;
  readonly currency?: string;
  readonly integers?: boolean;
}

interface Setting {
  readonly kind?: "targetWeights" | "targetPositions";
  readonly brokerage?: Partial<Brokerage>;
  readonly equity?: number;
  readonly share?: number;
  readonly scale?: number;
  readonly book?: boolean;
  readonly calendar?: Calendar;
  readonly decision?: DecisionSpec;
  readonly computed?: number;
  readonly undeclared?: string;
}

function start(symbols: Readonly<Record<string, Told>>, setting: Setting = {}) {
  const entries = Object.entries(symbols);
  const schema = setting.book === true ? bookTop : ohlcv;
  const rows = ({ bars, targets }: Told) =>
    typeof targets[0] === "number"
      ? targets.map((target, i) => [bars[i]![0], target] as const)
      : (targets as readonly (readonly [number, number])[]);
  const panel: Panel = {
    preset: "told",
    schema: { id: schema.id, columns: schema.columns, fold: schema.fold },
    interval: "1h",
    calendar: aroundTheClock,
    series: entries.map(([symbol, { bars }]) => {
      const first = Float64Array.from(bars, ([, a]) => a);
      const second = Float64Array.from(bars, ([, , b]) => b);
      const size = new Float64Array(bars.length);
      return {
        symbol,
        tags: [],
        stamps: Float64Array.from(bars, ([hour]) => at(hour)),
        columns:
          setting.book === true
            ? { bid: first, bidSize: size, ask: second, askSize: size }
            : {
                open: first,
                high: first.map((a, i) => Math.max(a, second[i]!)),
                low: first.map((a, i) => Math.min(a, second[i]!)),
                close: second,
                volume: size,
              },
      };
    }),
  };
  return createBacktest({
    decision: setting.decision ?? {
      kind: setting.kind ?? "targetPositions",
      interval: "1h",
      target: { kind: "panel", ref: { node: 1, column: "target" } },
    },
    columns: () => ({
      scope: "symbol",
      series: entries.map(([symbol, told]) => {
        const list = rows(told);
        const numbers = list.map(([, target]) => target);
        const values: ColumnArray = told.integers === true ? Int32Array.from(numbers) : Float64Array.from(numbers);
        return {
          symbol,
          stamps: Float64Array.from(list, ([hour]) => at(hour)),
          values,
          base: 0,
          origin: 0,
          firstValid: 0,
          computed: setting.computed ?? list.length,
        };
      }),
    }),
    panel,
    instruments: entries
      .filter(([symbol]) => symbol !== setting.undeclared)
      .map(
        ([symbol, { lot, tick, currency }]): Instrument => ({
          symbol,
          currency: currency ?? "USD",
          lot: lot ?? 0,
          tick: tick ?? 0,
        }),
      ),
    brokerage: { ...free, ...setting.brokerage },
    equity: setting.equity ?? 10_000,
    calendar: setting.calendar ?? observed,
    points: "bars",
    ...(setting.share !== undefined && { share: setting.share }),
    ...(setting.scale !== undefined && { scale: setting.scale }),
  });
}

function trade(symbols: Readonly<Record<string, Told>>, setting: Setting = {}): BacktestResult {
  const backtest = start(symbols, setting);
  backtest.advance(Number.POSITIVE_INFINITY);
  return backtest.result();
}

const fillsOf = (result: BacktestResult): readonly Fill[] => Array.from(result.fills.time, (_, i) => fillAt(result, i));
const flat = (...prices: number[]) => prices.map((price, i) => [i + 1, price, price] as const);
/** The error that is thrown, as it would be printed. */
const refusal = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return JSON.parse(JSON.stringify(error));
  }
  throw new Error("nothing was refused");
};

describe("when an order fills", () => {
  test("a decision at the close fills at the next open, and equity is marked at every close", () => {
    const result = trade({
      A: {
        bars: [
          [1, 9, 10],
          [2, 11, 12],
          [3, 13, 15],
        ],
        targets: [10, 10, 0],
      },
    });
    expect(fillsOf(result)).toEqual([
      {
        time: at(2),
        symbol: "A",
        bar: 1,
        quantity: 10,
        held: 10,
        price: 11,
        fee: 0,
        slippage: 0,
        realized: 0,
        kind: "target",
        type: "market",
        moment: "open",
        order: 1,
      },
    ]);
    expect(Array.from(result.equity)).toEqual([10_000, 10_010, 10_040]);
    expect(Array.from(result.exposure)).toEqual([0, 120 / 10_010, 150 / 10_040]);
    expect(result.counters.unfilled).toEqual([{ symbol: "A", decided: at(3), quantity: -10 }]);
    expect(result.firstDecision).toBe(at(1));
  });

  test("an order waits for the next bar with an open; the mark keeps the last close", () => {
    const result = trade({
      A: {
        bars: [
          [1, 10, 10],
          [2, Number.NaN, Number.NaN],
          [3, 12, Number.NaN],
          [4, 14, 14],
        ],
        targets: [5, 5, 5, 5],
      },
    });
    expect(fillsOf(result)).toMatchObject([{ time: at(3), price: 12 }]);
    expect(Array.from(result.equity)).toEqual([10_000, 10_000, 9_990, 10_010]);
    expect(result.counters.gaps).toBe(2);
  });

  test("a newer target replaces one that still waits", () => {
    const nan = Number.NaN;
    const result = trade({
      A: {
        bars: [
          [1, 10, 10],
          [2, nan, nan],
          [3, 12, 12],
          [4, 12, 12],
        ],
        targets: [
          [1, 5],
          [2, 7],
        ],
      },
    });
    expect(fillsOf(result)).toMatchObject([{ time: at(3), quantity: 7 }]);
  });

  test("a row that stands between two bars counts at the next one, the last of several", () => {
    const targets = [
      [1, 0],
      [2.25, 3],
      [2.5, 4],
      [2.75, Number.NaN],
    ] as const;
    const result = trade({ A: { bars: flat(10, 10, 10, 11), targets } });
    expect(fillsOf(result)).toMatchObject([{ time: at(4), quantity: 4, price: 11 }]);
    expect(result.counters).toMatchObject({ decisions: 3, undecided: 1 });
  });

  test("rows before the first bar of a symbol do not count", () => {
    const result = trade({
      A: {
        bars: [
          [3, 10, 10],
          [4, 10, 10],
          [5, 10, 10],
        ],
        targets: [
          [1, 5],
          [2, 5],
          [4, 6],
        ],
      },
    });
    expect(fillsOf(result)).toMatchObject([{ time: at(5), quantity: 6 }]);
    expect(result.firstDecision).toBe(at(4));
  });

  test("books are bought at the ask, sold at the bid, marked at the mid", () => {
    const bars = [
      [1, 9, 11],
      [2, 10, 12],
      [3, 13, 15],
      [4, 14, 18],
    ] as const;
    const result = trade({ A: { bars, targets: [1, 1, -1, -1] } }, { book: true });
    expect(fillsOf(result)).toMatchObject([
      { time: at(2), price: 12, quantity: 1 },
      { time: at(4), price: 14, quantity: -2 },
    ]);
    expect(Array.from(result.equity)).toEqual([10_000, 9_999, 10_002, 10_002 - 2]);
  });
});

describe("what a target asks for", () => {
  const prices = flat(10, 10, 20, 20, 20);

  test("a weight is sized at the decision's close, by share and scale, rounded toward zero to the lot", () => {
    const result = trade(
      {
        A: {
          bars: [
            [1, 10, 7],
            [2, 5, 5],
          ],
          targets: [-0.5, -0.5],
          lot: 10,
        },
      },
      { kind: "targetWeights", share: 0.8, scale: 0.5 },
    );
    // 0.5 x 0.8 x 0.5 x 10,000 / 7 = 285.7
    expect(result.positions).toMatchObject([{ symbol: "A", quantity: -280, averageCost: 5, mark: 5 }]);
  });

  test("units are rounded to the lot too, and count share and scale", () => {
    const of = (setting: Setting) =>
      trade({ A: { bars: flat(1, 1), targets: [0.3, 0.3], lot: 0.1 } }, setting).positions[0]?.quantity;
    expect(of({})).toBe(0.3);
    expect(of({ share: 0.5 })).toBe(0.1);
    expect(trade({ A: { bars: flat(1, 1), targets: [3, 3], integers: true } }).positions).toMatchObject([
      { quantity: 3 },
    ]);
  });

  test("acts on change alone, on every bar, or beyond a band", () => {
    const fills = (act: Brokerage["act"], targets = [0.5, 0.5, 0.5, 0.5, 0.5]) =>
      fillsOf(trade({ A: { bars: prices, targets } }, { kind: "targetWeights", brokerage: { act } })).map(
        ({ time, quantity }) => [time, quantity],
      );
    expect(fills({ kind: "change" })).toEqual([[at(2), 500]]);
    // 15,000 x 0.5 / 20 = 375
    expect(fills({ kind: "every-bar" })).toEqual([
      [at(2), 500],
      [at(4), -125],
    ]);
    expect(fills({ kind: "band", fraction: 0.25 })).toEqual([[at(2), 500]]);
    expect(fills({ kind: "band", fraction: 0.24 })).toEqual([
      [at(2), 500],
      [at(4), -125],
    ]);
    // 0 and a flip act whatever the band.
    expect(fills({ kind: "band", fraction: 5 }, [0.5, 0, 0.5, -0.5, -0.5])).toHaveLength(4);
  });

  test("NaN keeps the last target and is counted", () => {
    const result = trade({ A: { bars: prices, targets: [5, Number.NaN, 5, Number.NaN, 0] } });
    expect(fillsOf(result)).toHaveLength(1);
    expect(result.counters).toMatchObject({ decisions: 3, undecided: 2, entries: 1 });
  });

  test("an infinite target is the author's mistake", () => {
    expect(refusal(() => trade({ A: { bars: prices, targets: [1, Number.POSITIVE_INFINITY] } }))).toMatchObject({
      code: "backtest.invalid-target",
      class: "rejected",
      place: { symbol: "A", bar: at(2) },
    });
  });
});

describe("what the account can pay", () => {
  test("a purchase is cut at the fill, fee included, and said so", () => {
    const fee = { kind: "percent", fraction: 0.01 } as const;
    const result = trade(
      {
        A: {
          bars: [
            [1, 10, 10],
            [2, 12, 12],
          ],
          targets: [1, 1],
          lot: 1,
        },
      },
      { kind: "targetWeights", equity: 1000, brokerage: { fee } },
    );
    // 100 wanted; 82 x 12 x 1.01 = 993.84, 83 would cost 1005.96
    expect(result.positions).toMatchObject([{ quantity: 82 }]);
    expect(result.cash).toBeCloseTo(1000 - 82 * 12 * 1.01, 9);
    expect(result.counters.cuts).toEqual([{ symbol: "A", orders: 1, quantity: 18 }]);
  });

  test("a short keeps its proceeds and as much again out of reach", () => {
    const result = trade({
      A: { bars: flat(10, 10, 10), targets: [-600, -600, -600] },
      B: {
        bars: flat(10, 10, 10),
        targets: [
          [1, 500],
          [3, 500],
        ],
      },
    });
    expect(result.positions).toMatchObject([
      { symbol: "A", quantity: -600 },
      { symbol: "B", quantity: 400 },
    ]);
    expect(result.exposure[1]).toBe(1);
    expect(result.cash).toBe(12_000);
  });

  test("reductions pay for increases of the same stamp, in whichever order the universe has them", () => {
    const bars = flat(10, 10, 10);
    const symbols = { A: { bars, targets: [0, 1000, 1000] }, B: { bars, targets: [1000, 0, 0] } };
    for (const named of [symbols, { B: symbols.B, A: symbols.A }])
      expect(trade(named).positions).toMatchObject([{ symbol: "A", quantity: 1000 }]);
  });

  test("a short that cash can't buy back in full stays short, and does not flip", () => {
    const result = trade({
      A: { bars: flat(10, 10, 29, 29), targets: [-500, -500, 1, 1] },
      B: { bars: flat(10, 10, 10, 10), targets: [500] },
    });
    expect(result.cash).toBeCloseTo(0, 9);
    expect(result.positions[0]!.quantity).toBeCloseTo(10_000 / 29 - 500, 9);
    expect(result.counters.cuts[0]!.quantity).toBeCloseTo(501 - 10_000 / 29, 9);
    expect(tradesOf(result)).toHaveLength(2);
  });

  test("what rounding leaves of the cash buys nothing", () => {
    const fee = { kind: "percent", fraction: 0.0002 } as const;
    const result = trade(
      {
        A: {
          bars: [
            [1, 0.5, 0.5],
            [2, 8.22, 0.5],
          ],
          targets: [1.7, 1.7],
        },
        B: { bars: flat(0.5, 0.5), targets: [1, 1] },
      },
      { kind: "targetWeights", equity: 1000, brokerage: { fee } },
    );
    expect(result.positions.map(({ symbol }) => symbol)).toEqual(["A"]);
    expect(result.counters.cuts.map(({ symbol }) => symbol)).toEqual(["A", "B"]);
  });

  test("an order for rounding error alone is none", () => {
    const prices = [0.7, 0.7, 0.3, 0.6, 1.2, 1.5, 2.4, 2.7, 3, 4.8];
    const A = { bars: flat(...prices), targets: prices.map(() => 1) };
    const result = trade({ A }, { kind: "targetWeights", brokerage: { act: { kind: "every-bar" } } });
    expect(fillsOf(result)).toHaveLength(1);
  });

  test("a least fee that a sale does not bring leaves the sale out", () => {
    const result = trade(
      {
        A: {
          bars: [
            [1, 10, 10],
            [2, 10, 10],
            [3, 0.01, 0.01],
          ],
          targets: [98.5, 0, 0],
        },
      },
      { equity: 1000, brokerage: { fee: { kind: "per-share", amount: 0, minimum: 10 } } },
    );
    expect(result.positions).toMatchObject([{ quantity: 98.5 }]);
    expect(result.counters.cuts).toEqual([{ symbol: "A", orders: 1, quantity: 98.5 }]);
    expect(result.cash).toBe(5);
    const dear = trade(
      {
        A: {
          bars: [
            [1, 10, 10],
            [2, 10, 10],
            [3, 0.01, 0.01],
          ],
          targets: [90, 0, 0],
        },
      },
      { equity: 1000, brokerage: { fee: { kind: "per-share", amount: 1, minimum: 0 } } },
    );
    expect(dear.positions).toMatchObject([{ quantity: 90 }]);
    expect(dear.cash).toBe(10);
  });
});

describe("average cost and round trips", () => {
  test("scaling in and out of a short, then a flip: two parts of one fill, one fee by quantity", () => {
    const bars = flat(10, 10, 20, 12, 8, 10, 10);
    const fee = { kind: "per-share", amount: 0.1, minimum: 6 } as const;
    const result = trade(
      { A: { bars, targets: [-100, -200, -50, 50, 50, 0, 0] } },
      { equity: 100_000, brokerage: { fee } },
    );
    expect(
      fillsOf(result).map(({ quantity, price, fee: paid, realized }) => [quantity, price, paid, realized]),
    ).toEqual([
      [-100, 10, 10, 0],
      [-100, 20, 10, 0],
      [150, 12, 15, 150 * (15 - 12)],
      [100, 8, 10, 50 * (15 - 8)],
      [-50, 10, 6, 50 * (10 - 8)],
    ]);
    expect(tradesOf(result)).toEqual([
      {
        symbol: "A",
        side: "short",
        entryTime: at(2),
        exitTime: at(5),
        quantity: 200,
        entryPrice: 15,
        exitPrice: 11,
        profit: 200 * 4 - 40,
        fees: 40,
        bars: 3,
        open: false,
      },
      {
        symbol: "A",
        side: "long",
        entryTime: at(5),
        exitTime: at(7),
        quantity: 50,
        entryPrice: 8,
        exitPrice: 10,
        profit: 100 - 11,
        fees: 11,
        bars: 2,
        open: false,
      },
    ]);
    expect(result.counters.entries).toBe(2);
    expect(result.finalEquity - 100_000).toBeCloseTo(200 * 4 - 40 + 100 - 11, 9);
    expect(result.traded).toBe(1000 + 2000 + 1800 + 800 + 500);
  });

  test("an open trade is marked and flagged", () => {
    const result = trade({ A: { bars: flat(10, 10, 14), targets: [5, 5, 5] } });
    expect(tradesOf(result)).toMatchObject([{ open: true, exitTime: at(3), exitPrice: 14, profit: 20, bars: 1 }]);
    expect(result.positions).toEqual([{ symbol: "A", quantity: 5, averageCost: 10, mark: 14, bar: 2, unrealized: 20 }]);
  });

  test("slippage goes against the order, rounded to the tick against it", () => {
    const slippage = { kind: "percent", fraction: 0.001 } as const;
    const result = trade(
      { A: { bars: flat(10.02, 10.02, 10.02), targets: [1, 0, 0], tick: 0.05 } },
      { brokerage: { slippage } },
    );
    expect(fillsOf(result).map(({ price }) => price)).toEqual([10.05, 10]);
    expect(result.costs.slippage).toBeCloseTo(0.03 + 0.02, 12);
  });
});

describe("symbols that come, pause and go", () => {
  const other = { bars: flat(1, 1, 1, 1, 1, 1, 1), targets: [0] };

  test("one that has ended is closed at its last close at the next stamp, for the fee, and said so", () => {
    const fee = { kind: "percent", fraction: 0.01 } as const;
    const slippage = { kind: "percent", fraction: 0.5 } as const;
    const gone = {
      bars: [
        [1, 10, 10],
        [2, 10, 11],
      ] as const,
      targets: [10, 20],
    };
    const result = trade({ A: gone, B: other }, { brokerage: { fee, slippage } });
    expect(fillsOf(result)).toMatchObject([
      { time: at(2) },
      { time: at(3), price: 11, quantity: -10, fee: 1.1, kind: "ended" },
    ]);
    expect(result.counters.ended).toEqual([{ symbol: "A", time: at(3), price: 11, quantity: 10 }]);
    expect(result.counters.unfilled).toEqual([{ symbol: "A", decided: at(2), quantity: 10 }]);
  });

  test("a symbol that ends with the panel is not closed", () => {
    expect(trade({ A: { bars: flat(10, 10), targets: [1, 1] } }).counters.ended).toEqual([]);
  });

  test("a held symbol without bars is stale after maxStale of them, once, by the others' stamps", () => {
    const gap = {
      bars: [
        [1, 10, 10],
        [2, 10, 10],
        [6, 10, 10],
        [7, 10, 10],
      ] as const,
      targets: [1],
    };
    expect(trade({ A: gap, B: other }).counters.stale).toEqual([{ symbol: "A", since: at(2), time: at(4) }]);
    expect(trade({ A: gap, B: other }, { brokerage: { maxStale: 3 } }).counters.stale).toEqual([]);
  });

  test("or by the calendar's slots, when no other symbol shows the gap", () => {
    const gap = {
      bars: [
        [1, 10, 10],
        [2, 10, 10],
        [6, 10, 10],
        [7, 10, 10],
        [8, 10, 10],
      ] as const,
      targets: [1, 1, 1, 1, 1],
    };
    const by = (maxStale: number) =>
      trade({ A: gap }, { calendar: aroundTheClock, brokerage: { maxStale } }).counters.stale;
    expect(by(2)).toEqual([{ symbol: "A", since: at(2), time: at(6) }]);
    expect(by(3)).toEqual([]);
    expect(trade({ A: gap, B: other }, { calendar: aroundTheClock }).counters.stale).toEqual([
      { symbol: "A", since: at(2), time: at(4) },
    ]);
  });
});

test("only what was held during the gap is stale, whatever is bought or sold where it ends", () => {
  const bars = [
    [1, 10, 10],
    [2, 10, 10],
    [6, 10, 10],
    [7, 10, 10],
    [8, 10, 10],
  ] as const;
  const of = (targets: readonly number[]) =>
    trade({ A: { bars, targets } }, { calendar: aroundTheClock }).counters.stale.length;
  expect(of([0, 1, 1, 1, 1])).toBe(0);
  expect(of([1, 0, 0, 0, 0])).toBe(1);
});

test("a bar without a price does not end a gap", () => {
  const bars = [
    [1, 10, 10],
    [2, 10, 10],
    [4, Number.NaN, Number.NaN],
    [6, 10, 10],
    [7, 10, 10],
  ] as const;
  const setting: Setting = { calendar: aroundTheClock, brokerage: { maxStale: 2 } };
  expect(trade({ A: { bars, targets: [1, 1, 1, 1, 1] } }, setting).counters.stale).toEqual([
    { symbol: "A", since: at(2), time: at(6) },
  ]);
});

describe("ruin", () => {
  test("everything is closed at the close, and nothing is traded after it", () => {
    const A = { bars: flat(10, 10, 25, 5, 5), targets: [-1000, -1000, -1000, 1, 2] };
    const result = trade({ A, B: { bars: flat(1, 1, 1, 1, 1), targets: [0, 0, 5, 5, 5] } });
    expect(result.ruined).toBe(at(3));
    expect(Array.from(result.equity)).toEqual([10_000, 10_000, -5000, -5000, -5000]);
    expect(result.exposure[2]).toBe(0);
    expect(fillsOf(result).map(({ kind }) => kind)).toEqual(["target", "ruined"]);
    expect(result.counters.unfilled).toEqual([]);
    expect(trade({ A }).equity).toEqual(result.equity);
  });
});

describe("what is refused", () => {
  const bars = flat(10, 10);

  test.each([0, -3, Number.POSITIVE_INFINITY])("the price %s, naming symbol and bar", (price) => {
    for (const bar of [
      [2, price, 10],
      [2, 10, price],
    ] as const)
      expect(refusal(() => trade({ A: { bars: [[1, 10, 10], bar, [3, 10, 10]], targets: [0] } }))).toMatchObject({
        code: "backtest.invalid-price",
        place: { symbol: "A", bar: at(2) },
      });
  });

  test("a decision column that was not computed that far", () => {
    expect(refusal(() => trade({ A: { bars, targets: [1, 1] } }, { computed: 1 }))).toMatchObject({
      code: "backtest.behind",
      place: { bar: at(2) },
    });
  });

  test("and what stands in its place is not read, whatever it is", () => {
    const A = { bars: flat(10, 10, 10, 10, 10), targets: [0, 0, 0, 0, 0] };
    expect(refusal(() => trade({ A }, { computed: 2 }))).toMatchObject({
      code: "backtest.behind",
      place: { bar: at(3) },
    });
  });

  test("a symbol without prices, without an instrument, of another currency", () => {
    const decision: DecisionSpec = {
      kind: "targetPositions",
      interval: "1h",
      target: { kind: "per-symbol", columns: { A: { node: 1, column: "a" }, Z: { node: 1, column: "z" } } },
    };
    expect(refusal(() => trade({ A: { bars, targets: [1] } }, { decision }))).toMatchObject({
      code: "backtest.no-prices",
      place: { symbol: "Z" },
    });
    expect(
      refusal(() => trade({ A: { bars, targets: [1] }, B: { bars, targets: [1], currency: "EUR" } })),
    ).toMatchObject({
      code: "backtest.mixed-currencies",
    });
    expect(
      refusal(() => trade({ A: { bars, targets: [1] }, B: { bars, targets: [1] } }, { undeclared: "B" })),
    ).toMatchObject({
      code: "backtest.unknown-instrument",
      place: { symbol: "B" },
    });
  });

  test.each<[string, Setting]>([
    ["equity", { equity: 0 }],
    ["equity", { equity: Number.NaN }],
    ["share", { share: -1 }],
    ["scale", { scale: Number.POSITIVE_INFINITY }],
    ["fee fraction", { brokerage: { fee: { kind: "percent", fraction: -0.1 } } }],
    ["slippage fraction", { brokerage: { slippage: { kind: "percent", fraction: 1 } } }],
    ["maxStale", { brokerage: { maxStale: Number.NaN } }],
  ])("a senseless %s", (name, setting) => {
    const { code, message } = refusal(() => trade({ A: { bars, targets: [1] } }, setting));
    expect(code).toBe("backtest.invalid-option");
    expect(message).toContain(`The ${name} is`);
  });
});

describe("the result", () => {
  test("is plain data, and stays as it is when the run goes on", () => {
    const backtest = start({ A: { bars: flat(10, 11, 12, 13), targets: [1, 1, 0, 0] } });
    backtest.advance(at(3));
    const early = backtest.result();
    const kept = structuredClone(early);
    backtest.advance(at(4));
    expect(early).toEqual(kept);
    expect(backtest.result().times.length).toBe(4);
  });

  test("of a run that never decides has no points", () => {
    const result = trade({ A: { bars: flat(10, 11), targets: [] } });
    expect(result).toMatchObject({ firstDecision: undefined, finalEquity: 10_000, traded: 0 });
    expect(result.times.length).toBe(0);
  });

  test("a market-wide column trades the symbol it is named for, and no other", () => {
    const decision: DecisionSpec = {
      kind: "targetPositions",
      interval: "1h",
      target: { kind: "per-symbol", columns: { B: { node: 1, column: "b" } } },
    };
    const bars = flat(10, 10);
    const result = trade({ A: { bars, targets: [7, 7] }, B: { bars: bars.slice(0, 1), targets: [3] } }, { decision });
    expect(result.symbols).toEqual(["B"]);
    expect(result.times.length).toBe(1);
  });
});
