import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limitOrders, type RiskAccount, type RiskOrder } from "./risk.ts";
import type { RiskLimits } from "./risk-limits.ts";

const account: RiskAccount = { equity: 1000, peak: 1000, positions: [] };
const order = (symbol: string, quantity: number, price = 10): RiskOrder => ({ symbol, quantity, price });

describe("orders within limits", () => {
  const limits: RiskLimits = { gross: 1.5, net: 1, position: 0.5, positionValue: 450 };
  const units = fc.double({ min: -200, max: 200, noNaN: true });
  const held = fc.record({ A: units, B: units, C: units });
  const orders = fc.array(fc.tuple(fc.constantFrom("A", "B", "C", "D"), units), { maxLength: 8 });

  test("leave no limit worse than it was, cut nothing that fits, and never turn an order around", () => {
    fc.assert(
      fc.property(held, orders, (start, wanted) => {
        const positions = Object.entries(start).map(([symbol, quantity]) => ({ symbol, quantity, mark: 10 }));
        const { quantities } = limitOrders(
          wanted.map(([symbol, quantity]) => order(symbol, quantity)),
          { ...account, positions },
          limits,
        );
        const now = new Map(Object.entries(start));
        const figures = () => {
          const values = [...now.values()].map((quantity) => quantity * 10);
          return {
            gross: values.reduce((sum, value) => sum + Math.abs(value), 0) / 1000,
            net: Math.abs(values.reduce((sum, value) => sum + value, 0)) / 1000,
            largest: Math.max(...values.map(Math.abs)),
          };
        };
        wanted.forEach(([symbol, quantity], i) => {
          const before = figures();
          const own = now.get(symbol) ?? 0;
          const allowed = quantities[i]!;
          expect(allowed * quantity).toBeGreaterThanOrEqual(0);
          expect(Math.abs(allowed)).toBeLessThanOrEqual(Math.abs(quantity) * (1 + 1e-12));
          now.set(symbol, own + allowed);
          const reducing = own * allowed <= 0 && Math.abs(allowed) <= Math.abs(own) * (1 + 1e-12);
          if (reducing) return;
          const after = figures();
          expect(after.gross).toBeLessThanOrEqual(Math.max(1.5, before.gross) + 1e-9);
          expect(after.net).toBeLessThanOrEqual(Math.max(1, before.net) + 1e-9);
          expect(after.largest).toBeLessThanOrEqual(Math.max(450, before.largest) + 1e-9);
        });
      }),
      { numRuns: 500 },
    );
  });

  test("pass as they are where nothing limits", () => {
    const { quantities, breaches } = limitOrders([order("A", 1e6), order("B", -1e6)], account, {});
    expect([quantities, breaches]).toEqual([[1e6, -1e6], []]);
  });

  test("are cut to whole lots, or refused, and each breach says by how much", () => {
    const wanted = [{ ...order("A", 70), lot: 4 }];
    expect(limitOrders(wanted, account, { position: 0.5 })).toEqual({
      quantities: [48],
      breaches: [
        {
          metric: "position",
          symbol: "A",
          value: 0.7,
          bound: 0.5,
          distance: expect.closeTo(0.2, 12),
          severity: "medium",
          action: "cut",
        },
      ],
    });
    const refused = limitOrders(wanted, account, { position: 0.5, excess: "refuse" });
    expect(refused.quantities).toEqual([0]);
    expect(refused.breaches).toMatchObject([{ action: "refused" }]);
  });

  test("see what the orders before them took", () => {
    const { quantities, breaches } = limitOrders([order("A", 100), order("B", 100)], account, { gross: 1.2 });
    expect(quantities).toEqual([100, 20]);
    expect(breaches).toMatchObject([{ metric: "gross", symbol: "B", value: 2, bound: 1.2 }]);
  });

  test("that flip a position close it, whatever the limits say of the other side", () => {
    const positions = [{ symbol: "A", quantity: 100, mark: 10 }];
    expect(limitOrders([order("A", -160)], { ...account, positions }, { position: 0.3 }).quantities).toEqual([-130]);
    const fallen = { ...account, equity: 700, positions };
    expect(limitOrders([order("A", -160)], fallen, { drawdown: 0.2 }).quantities).toEqual([-100]);
  });
});

describe("an account that is beyond a limit", () => {
  const positions = [{ symbol: "A", quantity: 10, mark: 10 }];

  test("only reduces after a drawdown, and at its end", () => {
    const found = limitOrders(
      [order("A", 5), order("A", -4), order("B", 1)],
      { equity: 700, peak: 1000, positions },
      { drawdown: 0.2 },
    );
    expect(found.quantities).toEqual([0, -4, 0]);
    expect(found.breaches).toMatchObject([{ metric: "drawdown", value: 0.3, bound: 0.2, action: "reduce-only" }]);
    const ruined = limitOrders([order("A", 5), order("A", -4)], { equity: 0, peak: 1000, positions }, { gross: 2 });
    expect(ruined.quantities).toEqual([0, -4]);
  });

  test("only reduces while its equity swings too much", () => {
    const swinging = { ...account, positions, returns: Float64Array.of(0.1, -0.1, 0.1), periodsPerYear: 252 };
    const { quantities, breaches } = limitOrders([order("A", 5), order("A", -5)], swinging, { volatility: 0.5 });
    expect(quantities).toEqual([0, -5]);
    expect(breaches).toMatchObject([{ metric: "volatility", severity: "critical" }]);
  });

  test("takes on nothing that moves like what it holds on the same side", () => {
    const base = Float64Array.of(0.01, -0.02, 0.03, 0);
    const like = {
      ...account,
      positions,
      symbolReturns: { A: base, B: base.map((r) => 2 * r), C: base.map((r) => -r) },
    };
    const { quantities, breaches } = limitOrders([order("B", 1), order("C", 1), order("C", -1), order("D", 1)], like, {
      correlation: 0.9,
    });
    expect(quantities).toEqual([0, 1, -1, 1]);
    expect(breaches).toMatchObject([
      { metric: "correlation", symbol: "B", value: expect.closeTo(1, 9), action: "refused" },
    ]);
    expect(limitOrders([order("C", -1), order("B", -1)], like, { correlation: 0.9 }).quantities).toEqual([0, -1]);
  });
});
