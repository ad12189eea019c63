import { expect, test } from "vitest";
import type { Brokerage } from "../backtest/brokerage.ts";
import { feeOf } from "../backtest/fee.ts";
import { slip } from "../backtest/slippage.ts";
import { doubledCosts } from "./costs.ts";

const plain: Brokerage = {
  fee: { kind: "none" },
  slippage: { kind: "none" },
  fill: "next-open",
  act: { kind: "change" },
  maxStale: 5,
};

test.each<Brokerage["fee"]>([
  { kind: "percent", fraction: 0.001 },
  { kind: "percent", fraction: 0.001, minimum: 3, maximum: 9 },
  { kind: "per-share", amount: 0.01 },
  { kind: "per-share", amount: 0.01, minimum: 30 },
  { kind: "maker-taker", maker: -0.001, taker: 0.002 },
  {
    kind: "tiered",
    of: "shares",
    over: "month",
    tiers: [
      { upTo: 10, rate: 0.1 },
      { upTo: 20, rate: 0.05 },
    ],
    maker: 0,
    taker: 0.01,
    minimum: 1,
  },
])("twice the fee of an order that takes: %j", (fee) => {
  const doubled = doubledCosts({ ...plain, fee })!;
  for (const quantity of [1, 100])
    expect(feeOf(doubled.fee, quantity, 50)).toBeCloseTo(2 * feeOf(fee, quantity, 50), 12);
});

test("a rebate is no cost, and does not grow", () => {
  const fee = { kind: "maker-taker", maker: -0.001, taker: 0 } as const;
  expect(doubledCosts({ ...plain, fee })?.fee).toEqual(fee);
});

test.each<Brokerage["slippage"]>([
  { kind: "percent", fraction: 0.01 },
  { kind: "spread", width: 0.2, part: 0.5 },
  { kind: "volume-share", coefficient: 0.1, fallback: 0.01 },
  { kind: "square-root", coefficient: 0.5, window: 20, fallback: 0.01 },
])("twice the slippage: %j", (slippage) => {
  const doubled = doubledCosts({ ...plain, slippage })!;
  for (const volume of [1000, Number.NaN]) {
    const met = { quantity: 10, volume, volatility: 0.02 };
    expect(slip(doubled.slippage, 100, 1, 0, met) - 100).toBeCloseTo(2 * (slip(slippage, 100, 1, 0, met) - 100), 9);
  }
});

test("nothing doubles where nothing is charged", () => {
  expect(doubledCosts(plain)).toBeUndefined();
});
