import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { available, fillAlong, fillAt, type OrderType, pass, type Terms } from "./order-type.ts";

function terms(type: OrderType, direction: 1 | -1, levels: Partial<Terms> = {}): Terms {
  return { type, direction, limit: Number.NaN, stop: Number.NaN, trail: Number.NaN, triggered: false, ...levels };
}

describe("where the market stands", () => {
  test.each([
    ["a market order takes it", terms("market", 1), 101, 101],
    ["a purchase gets a better price than its limit", terms("limit", 1, { limit: 100 }), 99, 99],
    ["a purchase above its limit waits", terms("limit", 1, { limit: 100 }), 100.5, Number.NaN],
    ["a sale gets a better price than its limit", terms("limit", -1, { limit: 100 }), 102, 102],
    ["a sale below its limit waits", terms("limit", -1, { limit: 100 }), 99, Number.NaN],
    ["a stop that the price is beyond takes the price", terms("stop", -1, { stop: 95 }), 94, 94],
    ["a stop that is not reached waits", terms("stop", -1, { stop: 95 }), 95.5, Number.NaN],
    ["a buying stop is reached from below", terms("stop", 1, { stop: 105 }), 105, 105],
    ["a stop-limit between its prices fills", terms("stop-limit", 1, { stop: 105, limit: 106 }), 105.5, 105.5],
    ["a stop-limit beyond its limit waits", terms("stop-limit", 1, { stop: 105, limit: 106 }), 107, Number.NaN],
  ])("%s", (_what, order, price, expected) => expect(fillAt(order, price)).toBe(expected));

  test("a stop-limit that a gap has set off fills when the price comes back to its limit", () => {
    const order = terms("stop-limit", 1, { stop: 105, limit: 106 });
    expect(fillAt(order, 107)).toBeNaN();
    expect(fillAt(order, 104)).toBe(104);
  });

  test("a trailing stop follows the best price, never back", () => {
    const order = terms("trailing-stop", -1, { trail: 5 });
    const told = [100, 104, 103, 98].map((price) => [fillAt(order, price), order.stop]);
    expect(told).toEqual([
      [Number.NaN, 95],
      [Number.NaN, 99],
      [Number.NaN, 99],
      [98, 99],
    ]);
    const buying = terms("trailing-stop", 1, { trail: 5 });
    for (const price of [100, 96, 98]) expect(fillAt(buying, price)).toBeNaN();
    expect(fillAt(buying, 101)).toBe(101);
  });
});

describe("on the way from one price to another", () => {
  test.each([
    ["a purchase at a limit is met while the price falls", terms("limit", 1, { limit: 98 }), 100, 97, 98],
    ["and not while it rises", terms("limit", 1, { limit: 98 }), 97, 100, Number.NaN],
    ["a limit that is not reached waits", terms("limit", 1, { limit: 96 }), 100, 97, Number.NaN],
    ["a buying stop is met while the price rises", terms("stop", 1, { stop: 105 }), 100, 106, 105],
    ["a selling stop is met while it falls", terms("stop", -1, { stop: 95 }), 100, 94, 95],
    ["a stop is not met from beyond", terms("stop", -1, { stop: 95 }), 94, 100, Number.NaN],
    ["a stop-limit fills at its stop", terms("stop-limit", 1, { stop: 105, limit: 106 }), 100, 107, 105],
    ["unless its limit is short of it", terms("stop-limit", 1, { stop: 105, limit: 104 }), 100, 107, Number.NaN],
    ["a market order is not met on the way", terms("market", 1), 100, 107, Number.NaN],
    ["nothing is met where nothing moves", terms("limit", 1, { limit: 200 }), 100, 100, Number.NaN],
  ])("%s", (_what, order, from, to, expected) => expect(fillAlong(order, from, to)).toBe(expected));

  test("a stop-limit whose limit is short of its stop fills on the way back", () => {
    const order = terms("stop-limit", 1, { stop: 105, limit: 104 });
    pass(order, 107);
    expect(fillAlong(order, 107, 100)).toBe(104);
  });

  test("no order gets a price worse than its limit, or one that the market did not see", () => {
    const price = fc.integer({ min: 1, max: 40 });
    const any = fc.record({
      type: fc.constantFrom<OrderType>("limit", "stop", "stop-limit", "trailing-stop", "market"),
      direction: fc.constantFrom<1 | -1>(1, -1),
      limit: price,
      stop: price,
      trail: price,
    });
    let met = 0;
    fc.assert(
      fc.property(any, fc.array(price, { minLength: 1, maxLength: 8 }), ({ type, direction, ...levels }, path) => {
        const limited = type === "limit" || type === "stop-limit";
        const stop = type === "trailing-stop" ? Number.NaN : levels.stop;
        const order = terms(type, direction, { ...levels, stop });
        let [before] = path as [number];
        let filled = fillAt(order, before);
        for (const next of path.slice(1)) {
          if (!Number.isNaN(filled)) break;
          filled = fillAlong(order, before, next);
          if (!Number.isNaN(filled))
            expect(Math.min(before, next) <= filled && filled <= Math.max(before, next)).toBe(true);
          pass(order, next);
          before = next;
        }
        if (Number.isNaN(filled)) return;
        met++;
        if (limited) expect(direction * (levels.limit - filled)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 2000, seed: 31 },
    );
    expect(met).toBeGreaterThan(500);
  });
});

test("an order gets what is there; all or nothing where it says so", () => {
  expect(available(10, 4, "gtc")).toBe(4);
  expect(available(10, 4, "fok")).toBe(0);
  expect(available(10, 10, "fok")).toBe(10);
  expect(available(10, Number.POSITIVE_INFINITY, "day")).toBe(10);
});
