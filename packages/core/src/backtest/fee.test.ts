import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { affordable, charge, type FeeModel, FRESH, feeOf } from "./fee.ts";

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
        const paid = feeOf(model, filled, price);
        const terms = { ...FRESH, charges: charge(model, filled, price, FRESH, paid) };
        const wish = lot + (2 * Math.max(funds, 0)) / price;
        const quantity = affordable(model, { price, funds, part: 1, wish, lot, terms });
        expect(quantity).toBeGreaterThanOrEqual(0);
        if (quantity > 0) expect(cost(quantity)).toBeLessThanOrEqual(funds + 1e-9 * Math.abs(funds));
        const more = lot === 0 ? quantity * (1 + 1e-9) + 1e-8 : quantity + lot;
        expect(cost(more)).toBeGreaterThan(funds - 1e-6);
      },
    ),
    { numRuns: 1000, seed: 3 },
  );
});

test("more lots than a number can count one by one end in what the funds cover", () => {
  const tiers = [{ upTo: 1, rate: 0.001 }];
  const tiered: FeeModel = { kind: "tiered", of: "notional", over: "order", tiers, maker: 0, taker: 0 };
  for (const model of [{ kind: "percent", fraction: 0.001 } satisfies FeeModel, tiered]) {
    const purchase = { price: 1e-7, funds: 1e6, part: 1, wish: 1e14, lot: 1e-8, terms: FRESH };
    const quantity = affordable(model, purchase);
    const cost = 1e-7 * quantity + feeOf(model, quantity, 1e-7);
    expect(cost).toBeLessThanOrEqual(1e6);
    expect(cost).toBeCloseTo(1e6, 6);
  }
});

describe("by how much is traded, and by who waited", () => {
  const shares: FeeModel = {
    kind: "tiered",
    of: "shares",
    over: "month",
    tiers: [
      { upTo: 300_000, rate: 0.0035 },
      { upTo: 3_000_000, rate: 0.002 },
    ],
    maker: -0.002,
    taker: 0.003,
    minimum: 1,
  };
  const order: FeeModel = { ...shares, of: "notional", over: "order", maker: 0, taker: 0, minimum: 0 };

  test("bounds of an order, and rebates where there is no minimum", () => {
    expect(feeOf({ kind: "percent", fraction: 0.001, minimum: 1 }, 10, 50)).toBe(1);
    expect(feeOf({ kind: "per-share", amount: 0.01, minimum: 1, maximum: 2 }, 500, 10)).toBe(2);
    const makerTaker: FeeModel = { kind: "maker-taker", maker: -0.0002, taker: 0.0007 };
    expect(feeOf(makerTaker, 10, 100)).toBeCloseTo(0.7, 12);
    expect(feeOf(makerTaker, 10, 100, { ...FRESH, maker: true })).toBeCloseTo(-0.2, 12);
    expect(feeOf({ ...makerTaker, minimum: 0.1 }, 10, 100, { ...FRESH, maker: true })).toBe(0.1);
  });

  test("each part of an order at the rate that the month has reached, the venue's part beside the minimum", () => {
    expect(feeOf(shares, 100, 10)).toBeCloseTo(1 + 0.3, 12);
    expect(feeOf(shares, 1000, 10, { ...FRESH, maker: true })).toBeCloseTo(3.5 - 2, 12);
    const crossing = feeOf(shares, 1000, 10, { ...FRESH, month: 299_500 });
    expect(crossing).toBeCloseTo(500 * 0.0035 + 500 * 0.002 + 3, 9);
    expect(feeOf(shares, 1000, 10, { ...FRESH, month: 9e6 })).toBeCloseTo(2 + 3, 9);
  });

  test("the whole order at the rate of its size, the last tier beyond its bound", () => {
    const tiers = [
      { upTo: 1000, rate: 0.001 },
      { upTo: 10_000, rate: 0.0005 },
    ];
    expect(feeOf({ ...order, tiers }, 50, 10)).toBeCloseTo(0.5, 12);
    expect(feeOf({ ...order, tiers }, 100, 10)).toBeCloseTo(1, 12);
    expect(feeOf({ ...order, tiers }, 500, 10)).toBeCloseTo(2.5, 12);
    expect(feeOf({ ...order, tiers }, 5000, 10)).toBeCloseTo(25, 12);
  });

  test("the parts of an order cost together what it costs as a whole", () => {
    const rate = fc.double({ min: 0, max: 0.01, noNaN: true });
    const models = fc.oneof(
      fc.record({
        kind: fc.constant("percent" as const),
        fraction: rate,
        minimum: fc.constantFrom(0, 5),
        maximum: fc.constant(50),
      }),
      fc.record({ kind: fc.constant("per-share" as const), amount: rate, minimum: fc.constantFrom(0, 5) }),
      fc.constantFrom<FeeModel>(shares, order),
    );
    const parts = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(models, parts, fc.integer({ min: 1, max: 300 }), fc.boolean(), (model, quantities, price, maker) => {
        let terms = { ...FRESH, maker };
        let paid = 0;
        for (const quantity of quantities) {
          const fee = feeOf(model, quantity, price, terms);
          paid += fee;
          const charges = charge(model, quantity, price, terms, fee);
          terms = { maker, month: terms.month + quantity, charges };
        }
        const whole = quantities.reduce((a, b) => a + b, 0);
        expect(paid).toBeCloseTo(feeOf(model, whole, price, { ...FRESH, maker }), 6);
      }),
      { numRuns: 500, seed: 5 },
    );
  });

  test("what such a fee leaves affordable is paid for, and a lot more is not", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<FeeModel>(shares, { kind: "maker-taker", maker: -0.01, taker: 0.02, minimum: 3, maximum: 40 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 100_000 }),
        fc.constantFrom(0, 1, 10),
        fc.constantFrom(1, 0.25),
        (model, price, funds, lot, part) => {
          const cost = (quantity: number) => part * price * quantity + feeOf(model, quantity, price);
          const wish =
            lot === 0 ? (2 * funds) / (part * price) : lot * (1 + Math.ceil((2 * funds) / (part * price * lot)));
          const quantity = affordable(model, { price, funds, part, wish, lot, terms: FRESH });
          if (quantity > 0) expect(cost(quantity)).toBeLessThanOrEqual(funds);
          expect(cost(lot === 0 ? quantity * (1 + 1e-9) + 1e-9 : quantity + lot)).toBeGreaterThan(funds - 1e-6);
        },
      ),
      { numRuns: 500, seed: 6 },
    );
  });
});
