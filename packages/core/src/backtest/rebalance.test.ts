import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OrderEvent } from "./order-log.ts";
import { freeTerms, type OrderTerms } from "./order-terms.ts";
import type { Leg } from "./rebalance.ts";
import { fillsOf, targets, toldOrders } from "./targets.test.helper.ts";
import { at, free, start } from "./told.test.helper.ts";

const leg = (held: number, quantity: number, more: Partial<Leg> = {}): Leg => ({
  symbol: "A",
  held,
  quantity,
  reduceOnly: held * quantity < 0 && Math.abs(quantity) <= Math.abs(held),
  ...more,
});

describe("a leg", () => {
  test("fills at the next open, and the decision goes on from what is held", () => {
    const orders: OrderEvent[] = [];
    const backtest = targets([5, 5, 5, 8, 8], orders);
    backtest.advance(at(2));
    expect(backtest.rebalance([leg(5, -2)])).toEqual([{ symbol: "A", asked: -2, ordered: -2 }]);
    expect(backtest.waiting()).toBe(1);
    backtest.advance(at(5));
    expect(fillsOf(backtest)).toEqual([
      [2, "target", 5],
      [3, "rebalance", -2],
      [5, "target", 5],
    ]);
    expect(toldOrders(orders)).toEqual([
      [1, "placed", 5],
      [2, "placed", 3],
      [4, "placed", 8],
    ]);
  });

  test("takes part in whichever way targets fill", () => {
    const backtest = targets([5, 5, 5, 5, 5], [], undefined, { brokerage: { ...free, fill: "next-close" } });
    backtest.advance(at(2));
    backtest.rebalance([leg(5, 3)]);
    backtest.advance(at(3));
    const { fills } = backtest.result();
    // The closing price of the bar, by which hours 11 and 12 differ.
    expect([fills.price[1], fills.quantity[1], fills.moment[1]]).toEqual([12, 3, 2]);
  });

  test("that is taken back is not asked for again, and neither is the target that is held", () => {
    const backtest = targets([5, 5, 5, 5, 5]);
    backtest.advance(at(2));
    // Decided anew, the target would bring it to 2.
    backtest.allow(freeTerms(0.4));
    backtest.rebalance([leg(5, -2)]);
    backtest.cancel();
    expect(backtest.waiting()).toBe(0);
    backtest.advance(at(5));
    expect(fillsOf(backtest)).toEqual([[2, "target", 5]]);
  });

  test.each<[why: string, reason: string, ordered: number, asked: Leg, terms?: OrderTerms]>([
    ["of a stranger", "not-traded", 0, leg(5, -2, { symbol: "B" })],
    ["on another position", "position-changed", 0, leg(6, -2)],
    ["that would increase, and may only reduce", "reduce-only", 0, leg(5, 2, { reduceOnly: true })],
    ["that would go through flat, and may only reduce", "reduce-only", -5, leg(5, -9, { reduceOnly: true })],
    ["of less than a lot", "less-than-a-lot", 0, leg(5, -0.4)],
    [
      "that increases a side that is closed",
      "side-closed",
      0,
      leg(5, 2),
      { ...freeTerms(1), sides: { long: false, short: true } },
    ],
    ["at a shut gate", "side-closed", 0, leg(5, -2), { ...freeTerms(1), admits: "none" }],
    ["that flips where only reducing passes", "side-closed", -5, leg(5, -9), { ...freeTerms(1), admits: "reducing" }],
  ])("%s is left out by name: %s", (_, reason, ordered, asked, terms) => {
    const backtest = targets([5, 5, 5, 5], [], undefined, { lot: 1 });
    backtest.advance(at(2));
    if (terms !== undefined) backtest.allow(terms);
    expect(backtest.rebalance([asked])).toEqual([{ symbol: asked.symbol, asked: asked.quantity, ordered, reason }]);
    backtest.advance(at(3));
    expect(fillsOf(backtest).slice(1)).toEqual(ordered === 0 ? [] : [[3, "rebalance", ordered]]);
  });

  test("waits for no other order of its symbol, whichever way the decision is made", () => {
    const backtest = targets([5, 7, 7]);
    backtest.advance(at(2));
    expect(backtest.rebalance([leg(5, -2)])[0]).toMatchObject({ ordered: 0, reason: "order-waiting" });
    const bars = [10, 10, 10, 10].map((price) => [price, price, price, price] as const);
    const orders = start({ bars, long: { enter: [1, 0, 0, 0], size: 0.5, exit: [0, 0, 1, 0] } });
    orders.advance(at(2));
    expect(orders.rebalance([leg(500, -100)])).toEqual([{ symbol: "A", asked: -100, ordered: -100 }]);
    expect(orders.rebalance([leg(500, -100)])[0]).toMatchObject({ reason: "order-waiting" });
    orders.advance(at(4));
    expect(fillsOf(orders)).toEqual([
      [2, "entry", 500],
      [3, "rebalance", -100],
      [4, "exit", -400],
    ]);
  });

  test("that reduces never makes the position larger or another's, on either side", () => {
    const units = fc.integer({ min: -20, max: 20 });
    fc.assert(
      fc.property(units, units, (held, quantity) => {
        fc.pre(held !== 0);
        const backtest = targets([held, held, held]);
        backtest.advance(at(2));
        backtest.rebalance([leg(held, quantity, { reduceOnly: true })]);
        backtest.advance(at(3));
        const after = fillsOf(backtest).reduce((sum, [, , filled]) => sum + filled, 0);
        expect(after * held).toBeGreaterThanOrEqual(0);
        expect(Math.abs(after)).toBeLessThanOrEqual(Math.abs(held));
        const expected = held * quantity >= 0 ? held : Math.abs(quantity) >= Math.abs(held) ? 0 : held + quantity;
        expect(after).toBe(expected);
      }),
    );
  });
});
