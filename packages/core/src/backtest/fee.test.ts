import fc from "fast-check";
import { expect, test } from "vitest";
import type { FeeModel } from "./brokerage.ts";
import { affordable, feeOf } from "./fee.ts";

test("a percentage of the notional, an amount per unit with a least charge, or nothing", () => {
  expect(feeOf({ kind: "percent", fraction: 0.001 }, 10, 50)).toBe(0.5);
  expect(feeOf({ kind: "per-share", amount: 0.01, minimum: 1 }, 50, 7)).toBe(1);
  expect(feeOf({ kind: "per-share", amount: 0.01, minimum: 1 }, 500, 7)).toBe(5);
  expect(feeOf({ kind: "none" }, 500, 7)).toBe(0);
  expect(feeOf({ kind: "per-share", amount: 0.01, minimum: 1 }, 0, 7)).toBe(0);
});

test("what is affordable is paid for, and one lot more is not", () => {
  const models = fc.oneof(
    fc.constant<FeeModel>({ kind: "none" }),
    fc.double({ min: 0, max: 0.1, noNaN: true }).map((fraction): FeeModel => ({ kind: "percent", fraction })),
    fc.record({
      kind: fc.constant("per-share" as const),
      amount: fc.double({ min: 0, max: 1, noNaN: true }),
      minimum: fc.double({ min: 0, max: 50, noNaN: true }),
    }),
  );
  fc.assert(
    fc.property(
      models,
      fc.double({ min: 0.01, max: 1e4, noNaN: true }),
      fc.double({ min: -10, max: 1e7, noNaN: true }),
      fc.constantFrom(0, 0.01, 1, 10),
      fc.constantFrom(0, 3, 1000),
      (model, price, funds, lot, filled) => {
        const cost = (quantity: number) =>
          price * quantity + feeOf(model, filled + quantity, price) - feeOf(model, filled, price);
        const quantity = affordable(model, { price, funds, wish: 1, filled, lot });
        expect(quantity).toBeGreaterThanOrEqual(0);
        if (quantity > 0) expect(cost(quantity)).toBeLessThanOrEqual(funds + 1e-9 * Math.abs(funds));
        const more = lot === 0 ? quantity * (1 + 1e-9) + 1e-8 : quantity + lot;
        expect(cost(more)).toBeGreaterThan(funds - 1e-6);
      },
    ),
    { numRuns: 1000, seed: 3 },
  );
});
