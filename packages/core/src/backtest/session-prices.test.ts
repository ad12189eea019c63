import { expect, test } from "vitest";
import { aroundTheClock } from "../data/calendar/around-the-clock.ts";
import type { Panel } from "../data/panel.ts";
import { ohlcv } from "../schema/schema.ts";
import { MOST_PRICED_SYMBOLS, sessionPrices } from "./session-prices.ts";

const GAP = Number.NaN;

function panelOf(closes: Readonly<Record<string, readonly number[]>>, stamps: readonly number[]): Panel {
  return {
    preset: "p",
    schema: { id: ohlcv.id, columns: ohlcv.columns, fold: {} },
    interval: "1h",
    calendar: aroundTheClock,
    series: Object.entries(closes).map(([symbol, values]) => {
      const close = Float64Array.from(values);
      const columns = { open: close, high: close, low: close, close, volume: close };
      return { symbol, tags: [], stamps: Float64Array.from(stamps), columns };
    }),
  };
}

function fillsOf(fills: readonly (readonly [symbol: number, quantity: number, price: number])[]) {
  return {
    symbol: Int32Array.from(fills, ([symbol]) => symbol),
    quantity: Float64Array.from(fills, ([, quantity]) => quantity),
    price: Float64Array.from(fills, ([, , price]) => price),
  };
}

test("the last price of each session; a session without one keeps the price before, and before the first there is none", () => {
  const panel = panelOf({ A: [GAP, 10, 11, GAP, GAP, 12, 13] }, [1, 2, 3, 4, 5, 6, 7]);
  const [prices, ...more] = sessionPrices(
    panel,
    { symbols: ["A"], fills: fillsOf([[0, 1, 10]]) },
    Float64Array.of(1, 3, 5, 6),
  );
  expect(more).toEqual([]);
  expect(prices?.symbol).toBe("A");
  expect(Array.from(prices?.closes ?? [])).toEqual([GAP, 11, 11, 12]);
});

test("what was never traded has no prices", () => {
  const panel = panelOf({ A: [1], B: [2] }, [1]);
  const found = sessionPrices(panel, { symbols: ["A", "B"], fills: fillsOf([[1, -5, 2]]) }, Float64Array.of(1));
  expect(found.map(({ symbol }) => symbol)).toEqual(["B"]);
});

test("of many symbols those with the most traded value, in the universe's order", () => {
  const symbols = Array.from({ length: MOST_PRICED_SYMBOLS + 3 }, (_, i) => `S${i}`);
  const panel = panelOf(Object.fromEntries(symbols.map((symbol) => [symbol, [1]])), [1]);
  const fills = fillsOf(symbols.map((_, i) => [i, (-1) ** i * (i + 1), 2]));
  const found = sessionPrices(panel, { symbols, fills }, Float64Array.of(1));
  expect(found.map(({ symbol }) => symbol)).toEqual(symbols.slice(3));
});
