import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lotDifference, roundToLot, sameQuantity } from "./lot.ts";
import { roundToTick } from "./tick.ts";

describe("lots", () => {
  test.each([
    [0.3, 0.1, 0.3],
    [0.29, 0.1, 0.2],
    [-0.3, 0.1, -0.3],
    [-2.7, 1, -2],
    [0.00034, 0.0001, 0.0003],
    [257, 100, 200],
    [0.7, 0.25, 0.5],
    [0.05, 0.1, 0],
    [1.23456, 0, 1.23456],
  ])("%s in lots of %s is %s", (quantity, lot, expected) => expect(roundToLot(quantity, lot)).toBe(expected));

  test("rounds toward zero, to a multiple, and a multiple to itself", () => {
    const lot = fc.constantFrom(0.0001, 0.001, 0.1, 0.25, 1, 7, 100);
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), lot, (quantity, size) => {
        const rounded = roundToLot(quantity, size);
        expect(Math.abs(rounded)).toBeLessThanOrEqual(Math.abs(quantity) + size * 1e-2);
        expect(Math.abs(quantity - rounded)).toBeLessThan(size * (1 + 1e-2));
        expect(roundToLot(rounded, size)).toBe(rounded);
        expect(Object.is(rounded, -0)).toBe(false);
      }),
    );
  });

  test("a difference of multiples is one", () => {
    expect(lotDifference(0.3, 0.1, 0.1)).toBe(0.2);
    expect(lotDifference(0.3, 0.1, 0)).toBe(0.3 - 0.1);
  });

  test("without lots, rounding error is no difference", () => {
    expect(sameQuantity(0.1 + 0.2, 0.3, 0)).toBe(true);
    expect(sameQuantity(0.3001, 0.3, 0)).toBe(false);
    expect(sameQuantity(0.1 + 0.2, 0.3, 0.1)).toBe(false);
  });
});

describe("ticks", () => {
  test.each([
    [10.021, 1, 0.05, 10.05],
    [10.021, -1, 0.05, 10],
    [0.1 + 0.2, 1, 0.1, 0.3],
    [0.1 + 0.2, -1, 0.1, 0.3],
    [0.004, -1, 0.01, 0.004],
    [10.021, 1, 0, 10.021],
  ] as const)("%s, direction %s, by %s is %s", (price, direction, tick, expected) =>
    expect(roundToTick(price, direction, tick)).toBe(expected),
  );
});
