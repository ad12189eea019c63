import { describe, expect, test } from "vitest";
import { runView, trade } from "../run-view.test.kit.ts";
import { costsOf } from "./costs.ts";
import { drawdowns, underwater } from "./drawdowns.ts";
import { monthlyReturns } from "./monthly-returns.ts";
import { rollingSharpe } from "./rolling-sharpe.ts";
import { sessionDay } from "./session-day.ts";
import { symbolSummaries } from "./symbols.ts";

test("a session that ends at midnight is the day before, and counts for its month", () => {
  const newYear = Date.UTC(2024, 0, 1);
  expect(sessionDay(newYear)).toBe("2023-12-31");
  expect(monthlyReturns([newYear], [0.5])).toEqual([
    { year: 2023, months: [...Array(11).fill(null), 0.5], total: 0.5 },
  ]);
});

test("returns without times have no months", () => {
  expect(monthlyReturns([null, null], [0.1, 0.2])).toEqual([]);
});

describe("drawdowns", () => {
  test("begin at the last point of the peak and end where it is reached again", () => {
    expect(drawdowns([100, 100, 90, 80, 100, 110, 99])).toEqual([
      { depth: 0.19999999999999996, peak: 1, trough: 3, recovery: 4, length: 3 },
      { depth: 0.09999999999999998, peak: 5, trough: 6, recovery: null, length: 1 },
    ]);
    expect(underwater([100, 100, 90, 80, 100, 110, 99])).toEqual([
      0,
      0,
      90 / 100 - 1,
      80 / 100 - 1,
      0,
      0,
      99 / 110 - 1,
    ]);
  });

  test("are none where equity only rises, and where there is no equity", () => {
    expect(drawdowns([1, 2, 3])).toEqual([]);
    expect(drawdowns([])).toEqual([]);
  });
});

describe("the rolling Sharpe ratio", () => {
  test("needs 40 periods", () => {
    const returns = Array.from({ length: 40 }, (_, i) => i / 1000);
    expect(rollingSharpe(returns.slice(1), 252)).toBeUndefined();
    expect(rollingSharpe(returns, 252)?.window).toBe(20);
  });

  test("is unknown where the returns do not vary, or one is missing", () => {
    const found = rollingSharpe([...Array<number>(40).fill(0), null, ...Array<number>(39).fill(0.1)], 252);
    expect(found?.values.every((value) => value === null)).toBe(true);
  });
});

test("costs are summed by year, over the equity at its beginning", () => {
  const times = [Date.UTC(2023, 11, 30), Date.UTC(2023, 11, 31), Date.UTC(2024, 0, 5)];
  const run = runView({ returns: [0.5, 1, 1] }).run;
  const costs = { fees: [1, 2, 4], slippage: [0.5, 0, 0] };
  expect(costsOf({ ...run, times, costs, fees: 8, slippage: 0.5 })).toEqual({
    fees: 8,
    slippage: 0.5,
    borrow: 5,
    interest: -2,
    dividends: 0,
    share: 13.5 / 1000,
    years: [
      { year: 2023, fees: 3, slippage: 0.5, share: 3.5 / 1000 },
      { year: 2024, fees: 4, slippage: 0, share: 4 / 3000 },
    ],
  });
});

test("trades are summed up by symbol, the one that earned the most first", () => {
  const one = { ...trade(1, 2), fees: 1 };
  expect(
    symbolSummaries([
      { ...one, symbol: "B", profit: -2 },
      { ...one, symbol: "A", profit: 5 },
      { ...one, symbol: "A", profit: -1 },
    ]),
  ).toEqual([
    { symbol: "A", trades: 2, wins: 1, profit: 4, fees: 2, best: 5, worst: -1 },
    { symbol: "B", trades: 1, wins: 0, profit: -2, fees: 1, best: -2, worst: -2 },
  ]);
});
