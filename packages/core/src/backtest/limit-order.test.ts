import { describe, expect, test } from "vitest";
import { aroundTheClock } from "../data/calendar/around-the-clock.ts";
import type { Account } from "./broker.ts";
import type { OrderEvent } from "./order-log.ts";
import { freeTerms, type OrderTerms } from "./order-terms.ts";
import type { RiskLimits } from "./risk-limits.ts";
import { createRiskWatch, passMark, passPeriod, passSplit } from "./risk-watch.ts";
import { fillsOf, targets, toldOrders } from "./targets.test.helper.ts";
import { at, start } from "./told.test.helper.ts";

const under = (limits: RiskLimits, part = 1): OrderTerms => ({ ...freeTerms(part), limits });
const limitedOf = (orders: readonly OrderEvent[]) => orders.filter((order) => order.kind === "limited");

/** Ten thousand, at prices of 10, 11, 12… unless others are given. */
function held(wanted: readonly number[], terms: OrderTerms, prices?: readonly number[]) {
  const orders: OrderEvent[] = [];
  const backtest = targets(wanted, orders, undefined, { lot: 1, watch: true, ...(prices && { prices }) });
  backtest.allow(terms);
  return { backtest, orders };
}

describe("an order beyond a limit", () => {
  test("is cut to what the limit leaves, told with what it broke, and has acted", () => {
    const { backtest, orders } = held([500, 500, 500, 500], under({ position: 0.3 }));
    backtest.advance(at(4));
    expect(fillsOf(backtest)).toEqual([[2, "target", 300]]);
    expect(limitedOf(orders)).toEqual([
      {
        ...{ kind: "limited", symbol: "A", time: at(1), to: 500, allowed: 300 },
        breaches: [
          {
            ...{ metric: "position", symbol: "A", value: 0.5, bound: 0.3, distance: expect.closeTo(0.2, 12) },
            ...{ severity: "high", action: "cut" },
          },
        ],
      },
    ]);
  });

  test("is refused where nothing is to be cut, told once, and asked for until it passes", () => {
    const { backtest, orders } = held([500, 500, 500, 500, 500], under({ position: 0.3, excess: "refuse" }));
    backtest.advance(at(3));
    expect(fillsOf(backtest)).toEqual([]);
    expect(toldOrders(orders)).toEqual([[1, "limited", 500]]);
    backtest.allow(freeTerms(1));
    backtest.advance(at(5));
    expect(fillsOf(backtest)).toEqual([[5, "target", 500]]);
  });

  test("is measured on the part of the equity that the strategy commands", () => {
    // It asks for 250, half of its part: the limits leave 0.3 of 5000, and half of 3000, at a price of 10.
    for (const limits of [{ position: 0.3 }, { positionValue: 3000 }]) {
      const { backtest } = held([500, 500, 500], under(limits, 0.5));
      backtest.advance(at(3));
      expect(fillsOf(backtest)).toEqual([[2, "target", 150]]);
    }
  });

  test("beyond a drawdown only what reduces passes, and the loss counts on the part", () => {
    // Sold short at 10, at 13 it has lost 100 x 3 of 10 000, which are 15 % of the fifth that it commands.
    const prices = [10, 10, 13, 13, 13, 13];
    const run = (drawdown: number) => {
      const { backtest, orders } = held([-500, -500, -600, -600, -200, -200], under({ drawdown }, 0.2), prices);
      backtest.advance(at(6));
      return { fills: fillsOf(backtest), orders };
    };
    expect(run(0.16).fills).toEqual([
      [2, "target", -100],
      [4, "target", -20],
      [6, "target", 80],
    ]);
    const { fills, orders } = run(0.14);
    expect(fills).toEqual([
      [2, "target", -100],
      [6, "target", 60],
    ]);
    expect(limitedOf(orders)).toMatchObject([
      { time: at(3), allowed: -100, breaches: [{ metric: "drawdown", value: expect.closeTo(0.15, 12), bound: 0.14 }] },
    ]);
  });

  test("counts orders() too, and the legs of a rebalancing, but never keeps anybody in", () => {
    const orders: OrderEvent[] = [];
    const bars = [10, 10, 10, 10, 10].map((price) => [price, price, price, price] as const);
    const long = { enter: [1, 0, 0, 0, 0], size: 0.5, exit: [0, 0, 0, 1, 0] } as const;
    const backtest = start({ bars, long, orders, watch: true });
    backtest.allow(under({ gross: 0.2 }));
    backtest.advance(at(2));
    const leg = (quantity: number) => [{ symbol: "A", held: 200, quantity, reduceOnly: false }];
    expect(backtest.rebalance(leg(50))).toEqual([{ symbol: "A", asked: 50, ordered: 0, reason: "risk-limit" }]);
    expect(backtest.rebalance(leg(-50))).toEqual([{ symbol: "A", asked: -50, ordered: -50 }]);
    backtest.advance(at(5));
    expect(fillsOf(backtest)).toEqual([
      [2, "entry", 200],
      [3, "rebalance", -50],
      [5, "exit", -150],
    ]);
    expect(limitedOf(orders)).toMatchObject([
      { to: 500, allowed: 200, breaches: [{ metric: "gross", value: 0.5 }] },
      { to: 250, allowed: 200, breaches: [{ metric: "gross", action: "refused" }] },
    ]);
  });

  test("comes to the same in one step and bar by bar", () => {
    const wanted = Array.from({ length: 400 }, (_, i) => 400 * Math.sin(i / 9));
    const prices = wanted.map((_, i) => 10 + 3 * Math.sin(i / 31) + Math.cos(i / 3));
    const run = (step: number) => {
      const { backtest, orders } = held(wanted, under({ gross: 0.3, drawdown: 0.08, volatility: 0.4 }), prices);
      for (let i = step; i < 400 + step; i += step) backtest.advance(at(i));
      return { fills: fillsOf(backtest), orders };
    };
    expect(run(1)).toEqual(run(400));
    expect(new Set(limitedOf(run(7).orders).flatMap(({ breaches }) => breaches.map(({ metric }) => metric)))).toEqual(
      new Set(["gross", "drawdown", "volatility"]),
    );
  });
});

test("what limits are measured on goes from session to session, over splits and a year at most", () => {
  const day = 24;
  const watch = createRiskWatch({ symbols: 2, calendar: aroundTheClock, interval: "1h" });
  const account = { mark: new Float64Array([100, 0]) } as Partial<Account> as Account;
  watch.part = 0.5;
  const pass = (hour: number, equity: number, mark: readonly number[]) => {
    passPeriod(watch, at(hour), account);
    account.mark.set(mark);
    passMark(watch, equity);
  };
  pass(1, 1000, [100, 0]);
  pass(2, 1000, [100, 0]);
  pass(day, 1010, [110, 50]);
  pass(day + 1, 1010, [110, 55]);
  expect(watch.returns.map((value) => Number(value.toFixed(12)))).toEqual([0.02]);
  expect(watch.symbolReturns.map((own) => own.map(Number.isNaN))).toEqual([[true], [true]]);
  passSplit(watch, 0, 2);
  account.mark[0]! /= 2;
  pass(2 * day, 1010, [66, 60]);
  pass(3 * day, 1010, [66, 60]);
  expect(watch.symbolReturns.map((own) => own.slice(1).map((value) => Number(value.toFixed(12))))).toEqual([
    [0.2],
    [0.2],
  ]);
  for (let i = 4; i < 500; i++) pass(i * day, 1010, [66, 60]);
  expect(watch.returns).toHaveLength(365);
  // Half of what is left of the part is gone with a quarter of the account, and all of it with more than half.
  pass(500 * day, 757.5, [66, 60]);
  expect(1 - watch.index / watch.peak).toBeCloseTo(0.5, 12);
  pass(501 * day, 300, [66, 60]);
  expect(watch.index).toBe(0);
});
