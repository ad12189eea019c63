import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OrderEvent } from "./order-log.ts";
import { freeTerms, isFree, type OrderTerms, passed } from "./order-terms.ts";
import { fillsOf, targets, toldOrders } from "./targets.test.helper.ts";
import { at, start, type Told } from "./told.test.helper.ts";

const shut: OrderTerms = { ...freeTerms(1), admits: "none" };
const reducing: OrderTerms = { ...freeTerms(1), admits: "reducing" };
const draining: OrderTerms = { ...shut, flatten: true };
const longOnly: OrderTerms = { ...freeTerms(1), sides: { long: true, short: false } };

const quantity = fc.integer({ min: -5, max: 5 });
const terms = fc.record({
  part: fc.constant(1),
  admits: fc.constantFrom("all" as const, "reducing" as const, "none" as const),
  sides: fc.record({ long: fc.boolean(), short: fc.boolean() }),
  flatten: fc.boolean(),
});

describe("what terms let pass", () => {
  test("never increases exposure on a side that may not, never flips where only reducing passes, and is nearest to the wish", () => {
    fc.assert(
      fc.property(terms, quantity, quantity, (given, held, to) => {
        const may = passed(given, held, to);
        if (given.admits === "none") {
          expect(may).toBeUndefined();
          return;
        }
        const allowed = (there: number): boolean => {
          const more = there * held < 0 || Math.abs(there) > Math.abs(held);
          if (!more) return true;
          return given.admits === "all" && (there > 0 ? given.sides.long : given.sides.short);
        };
        const reachable = Array.from({ length: 11 }, (_, i) => i - 5).filter(allowed);
        const nearest = Math.min(...reachable.map((there) => Math.abs(there - to)));
        expect(allowed(may!)).toBe(true);
        expect(Math.abs(may! - to)).toBe(nearest);
      }),
    );
  });

  test("is everything when they are free", () => {
    expect([freeTerms(0.5), shut, reducing, draining, longOnly].map(isFree)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    fc.assert(fc.property(quantity, quantity, (held, to) => passed(freeTerms(1), held, to) === to));
  });
});

describe("targets behind a gate", () => {
  test("are asked for again until they pass", () => {
    const orders: OrderEvent[] = [];
    const backtest = targets([5, 5, 5, 5, 5], orders);
    backtest.allow(shut);
    backtest.advance(at(3));
    backtest.allow(freeTerms(1));
    backtest.advance(at(5));
    expect(toldOrders(orders)).toEqual([
      [1, "refused", 5],
      [2, "refused", 5],
      [3, "refused", 5],
      [4, "placed", 5],
    ]);
    expect(fillsOf(backtest)).toEqual([[5, "target", 5]]);
  });

  test("reduce while only that passes, and flip to flat", () => {
    const backtest = targets([5, 5, 8, 3, -4, -4]);
    backtest.advance(at(2));
    backtest.allow(reducing);
    backtest.advance(at(6));
    expect(fillsOf(backtest)).toEqual([
      [2, "target", 5],
      [5, "target", -2],
      [6, "target", -3],
    ]);
  });

  test("open no side that may not, and do when it may", () => {
    const backtest = targets([-4, -4, -4, -4]);
    backtest.allow(longOnly);
    backtest.advance(at(2));
    expect(fillsOf(backtest)).toEqual([]);
    backtest.allow(freeTerms(1));
    backtest.advance(at(4));
    expect(fillsOf(backtest)).toEqual([[4, "target", -4]]);
  });

  test("drain to flat at the next bar, whatever they say, and stay there", () => {
    const orders: OrderEvent[] = [];
    const backtest = targets([5, 5, 7, 7, 7], orders);
    backtest.advance(at(2));
    backtest.allow(draining);
    backtest.advance(at(5));
    expect(fillsOf(backtest)).toEqual([
      [2, "target", 5],
      [4, "drain", -5],
    ]);
    expect(orders.filter(({ kind }) => kind === "placed").at(-1)).toMatchObject({
      because: "drain",
      quantity: -5,
      to: 0,
    });
  });

  test("that were taken back fill at no bar, and are asked for again", () => {
    const orders: OrderEvent[] = [];
    const backtest = targets([5, 5, 5, 5], orders);
    backtest.advance(at(1));
    backtest.cancel();
    backtest.advance(at(4));
    expect(fillsOf(backtest)).toEqual([[3, "target", 5]]);
    expect(toldOrders(orders)).toEqual([
      [1, "placed", 5],
      [1, "withdrawn", 5],
      [2, "placed", 5],
    ]);
  });

  test("command another part from the next decision on", () => {
    const backtest = targets([4, 4, 8, 8]);
    backtest.allow(freeTerms(0.5));
    backtest.advance(at(2));
    backtest.allow(freeTerms(0.25));
    backtest.advance(at(4));
    expect(fillsOf(backtest)).toEqual([[2, "target", 2]]);
    expect(backtest.result().positions).toMatchObject([{ quantity: 2 }]);
  });

  test("before the first bar that is decided on are left out", () => {
    const backtest = targets([5, 5, 5, 5], [], at(3));
    backtest.advance(at(4));
    expect(fillsOf(backtest)).toEqual([[4, "target", 5]]);
    expect(backtest.result().firstDecision).toBe(at(3));
    expect(backtest.result().counters.decisions).toBe(2);
  });

  test("trade the same whether terms are said once or at every bar, in one step or in many", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ target: fc.integer({ min: -3, max: 3 }), terms }), { minLength: 1, maxLength: 30 }),
        (bars) => {
          const wanted = bars.map(({ target }) => target);
          const each = targets(wanted);
          const grouped = targets(wanted);
          for (let i = 0; i < bars.length; i++) {
            each.allow(bars[i]!.terms);
            each.advance(at(i + 1));
          }
          for (let i = 0; i < bars.length; ) {
            const key = JSON.stringify(bars[i]!.terms);
            let end = i;
            while (end < bars.length && JSON.stringify(bars[end]!.terms) === key) end++;
            grouped.allow(bars[i]!.terms);
            grouped.advance(at(end));
            i = end;
          }
          expect(grouped.result()).toEqual(each.result());
        },
      ),
    );
  });
});

describe("orders behind a gate", () => {
  const bars: Told["bars"] = Array.from({ length: 6 }, () => [10, 10, 10, 10]);

  test("are refused by name, entries and exits", () => {
    const orders: OrderEvent[] = [];
    const backtest = start({ bars, long: { enter: [1, 0, 1, 0, 0, 0], exit: [0, 0, 0, 0, 1, 0] }, orders });
    backtest.allow(shut);
    backtest.advance(at(2));
    backtest.allow(freeTerms(1));
    backtest.advance(at(4));
    backtest.allow(shut);
    backtest.advance(at(6));
    expect(toldOrders(orders)).toEqual([
      [1, "refused", 100],
      [3, "placed", 100],
      [5, "refused", 0],
    ]);
    expect(fillsOf(backtest)).toEqual([[4, "entry", 100]]);
  });

  test("keep what protects a position when the rest is taken back, and drain it with the position", () => {
    const orders: OrderEvent[] = [];
    const backtest = start({ bars, long: { enter: [1, 0, 0, 0, 0, 0], stop: Array(6).fill(9) }, orders });
    backtest.advance(at(2));
    backtest.cancel();
    expect(orders).toEqual([expect.objectContaining({ kind: "placed", protection: [{ because: "stop", stop: 9 }] })]);
    backtest.allow(draining);
    backtest.advance(at(6));
    expect(fillsOf(backtest)).toEqual([
      [2, "entry", 100],
      [4, "drain", -100],
    ]);
  });

  test("that wait for a price are taken back", () => {
    const orders: OrderEvent[] = [];
    const backtest = start({ bars, long: { enter: [1, 0, 0, 0, 0, 0], limit: Array(6).fill(5) }, orders });
    backtest.advance(at(2));
    backtest.cancel();
    expect(toldOrders(orders).map(([, kind]) => kind)).toEqual(["placed", "withdrawn"]);
    expect(orders[0]).toMatchObject({ type: "limit", limit: 5, because: "entry" });
  });
});
