import { expect, test } from "vitest";
import type { Kernel } from "../strategy/kernel.ts";
import { depthImbalance, depthSlope, microprice, type OrderBook, priorityIndex } from "./order-book.ts";
import { runWhole } from "./run-whole.ts";
import { indicatorSignatures, paramsOf } from "./signature.ts";

const price = [10, 11, 12, 11, 13, 14, 13, 15, 16, 15, 17, 18];
const volume = [5, 6, 7, 5, 8, 9, 4, 6, 7, 8, 9, 10];

function last(
  name: string,
  params: Record<string, number>,
  ...columns: readonly (readonly number[])[]
): Record<string, number> {
  const of = indicatorSignatures[name]!;
  if (of.kernel.kind !== "kernel") throw new Error(`${name} runs across symbols`);
  const stamps = Float64Array.from(price, (_, row) => (row + 1) * 60_000);
  const outputs = runWhole(
    of.kernel.of,
    paramsOf(of, params, "1m"),
    columns.map((c) => Float64Array.from(c)),
    stamps,
  );
  return Object.fromEntries(Object.entries(outputs).map(([column, values]) => [column, values.at(-1)!]));
}

test("figures that can be checked by hand", () => {
  expect(last("sma", { bars: 5 }, price)).toEqual({ value: 16.2 });
  const bands = last("bollinger", { bars: 5, width: 2 }, price);
  expect(bands["mid"]).toBe(16.2);
  expect(bands["upper"]).toBeCloseTo(18.53238075793812, 13);
  expect(bands["lower"]).toBeCloseTo(13.86761924206188, 13);
  const variances = { processVariance: 1e-5, measurementVariance: 1e-2 };
  expect(last("kalman", variances, price)["value"]).toBeCloseTo(14.124669832561647, 13);
  expect(last("vwap", { bars: 4 }, price, volume)["value"]).toBeCloseTo(565 / 34, 13);
  expect(last("twap", { bars: 4 }, price)["value"]).toBe(15.75);
  expect(last("anchoredVwap", { since: 300_000 }, price, volume)["value"]).toBeCloseTo(833 / 53, 13);
});

test("a side that is hard to enter and hard to leave", () => {
  const { of } = indicatorSignatures["hysteresis"]!.kernel as { of: Kernel };
  const values = [0, 0.7, 0.4, 0.2, 0.1, -0.7, -0.3, Number.NaN, -0.1, 0.6, -0.6];
  const params = { shortEnter: -0.6, shortExit: -0.2, longExit: 0.2, longEnter: 0.6 };
  const stamps = Float64Array.from(values, (_, row) => row);
  const { value } = runWhole(of, params, [Float64Array.from(values)], stamps);
  expect([...value!]).toEqual([0, 1, 1, 1, 0, -1, -1, -1, 0, 1, -1]);
});

const book: OrderBook = {
  bids: [
    [100, 5],
    [99, 3],
    [98, 2],
  ],
  asks: [
    [101, 2],
    [102, 4],
    [103, 1],
  ],
};

test("an order book", () => {
  expect(depthImbalance(book, 2)).toBeCloseTo(0.14285714284693876, 15);
  expect(depthImbalance(book, 1)).toBeCloseTo(0.4285714285102041, 15);
  expect(depthImbalance({ bids: [], asks: [] }, 3)).toBe(0);
  expect(depthSlope(book, 3)).toEqual({ bid: 2.5, ask: 2.5 });
  expect(depthSlope(book, 1)).toEqual({ bid: 0, ask: 0 });
  expect(microprice(book, 1)).toBeCloseTo(100.71428569989796, 12);
  expect(microprice({ bids: [], asks: book.asks }, 1)).toBeNaN();
  expect([0, 5, 12].map((rank) => priorityIndex(rank, 10))).toEqual([1, 0.5, 0]);
  expect(priorityIndex(0, 0)).toBe(1);
});
