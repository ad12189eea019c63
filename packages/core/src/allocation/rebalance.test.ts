import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attribute } from "./attribute.ts";
import { deltasOf } from "./delta.ts";
import { negotiateSchema, planDocument } from "./plan-document.ts";
import type { HeldPosition } from "./position.ts";
import { planRebalance, type RebalanceInput } from "./rebalance.ts";
import { scalesOf } from "./scale.ts";

const rules = { minNotional: 0, lots: {} };

function held(symbol: string, quantity: number, more: Partial<HeldPosition> = {}): HeldPosition {
  return { world: "w", strategy: "s", symbol, venue: "v", quantity, mark: 100, ...more };
}

function plan(more: Partial<RebalanceInput>) {
  return planRebalance({
    mode: "scaling",
    totalEquity: 1_000_000,
    changes: [{ world: "w", before: 0.4, after: 0.2, strategies: {} }],
    positions: [held("A", 10)],
    ...rules,
    ...more,
  });
}

const traded = (deltas: readonly { readonly symbol: string; readonly quantity: number }[]) =>
  deltas.map(({ symbol, quantity }) => [symbol, quantity]);

describe("factors", () => {
  test("a strategy's own share counts, and its world's where it has none", () => {
    const strategies = { own: { before: 0.2, after: 0.3 }, fresh: { before: 0, after: 0.1 }, follows: { before: 0.1 } };
    expect(scalesOf({ world: "w", before: 0.4, after: 0.2, strategies }).strategies).toEqual({
      own: 0.3 / 0.2,
      fresh: 0.5,
      follows: 0.5,
    });
  });

  test("a world without a share before keeps what is held, and one without a share after closes it all", () => {
    expect(scalesOf({ world: "w", before: 0, after: 0.2, strategies: {} }).world).toBe(1);
    const closed = scalesOf({ world: "w", before: 0.4, after: 0, strategies: { s: { before: 0.1, after: 0.1 } } });
    expect(closed).toEqual({ world: 0, strategies: { s: 0 } });
  });
});

describe("what is traded", () => {
  const factor = fc.double({ min: 0, max: 3, noNaN: true });
  const lots = fc.constantFrom(0, 0.001, 0.1, 1, 7);
  const quantities = fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 1, maxLength: 6 });

  test("is a whole number of lots, never more than was asked for, and never less by a lot", () => {
    fc.assert(
      fc.property(quantities, factor, lots, (units, world, lot) => {
        const { deltas, leftOut } = deltasOf(
          units.map((quantity, i) => held("A", quantity, { strategy: `s${i}` })),
          { world, strategies: {} },
          { minNotional: 0, lots: { A: lot } },
        );
        const asked = units.reduce((sum, quantity) => sum + quantity * (world - 1), 0);
        const [delta] = deltas;
        if (delta === undefined) {
          const tiny = Math.abs(asked) <= 1e-8 * units.reduce((sum, one) => sum + Math.abs(one), 0);
          expect(tiny || leftOut.some(({ reason }) => reason === "less-than-a-lot")).toBe(true);
          return;
        }
        expect(Math.abs(delta.quantity)).toBeLessThanOrEqual(Math.abs(asked) * (1 + 1e-8) + 1e-8 * lot);
        expect(Math.abs(asked) - Math.abs(delta.quantity)).toBeLessThan(lot === 0 ? 1e-6 : lot * (1 + 1e-6));
        if (lot > 0) expect(Math.abs(delta.quantity / lot - Math.round(delta.quantity / lot))).toBeLessThan(1e-6);
      }),
    );
  });

  test("closes exactly what is held, and leaves no dust where nothing changes", () => {
    fc.assert(
      fc.property(quantities, (units) => {
        const positions = units.map((quantity, i) => held("A", quantity, { strategy: `s${i}` }));
        const whole = units.reduce((sum, quantity) => sum + quantity, 0);
        const closing = deltasOf(positions, { world: 0, strategies: {} }, rules).deltas;
        expect(closing.reduce((sum, { quantity }) => sum + quantity, 0)).toBeCloseTo(-whole, 9);
        expect(deltasOf(positions, { world: 1 + 1e-13, strategies: {} }, rules)).toEqual({ deltas: [], leftOut: [] });
      }),
    );
  });

  test("rounds 0.3 of 0.1 to three lots", () => {
    const { deltas } = deltasOf(
      [held("A", -0.6)],
      { world: 0.5, strategies: {} },
      { minNotional: 0, lots: { A: 0.1 } },
    );
    expect(traded(deltas)).toEqual([["A", 0.3]]);
  });

  test("reduces on either side, and not where it opens or goes through flat", () => {
    const of = (quantity: number, world: number) =>
      deltasOf([held("A", quantity)], { world, strategies: {} }, rules).deltas[0]?.reduceOnly;
    expect([of(10, 0.5), of(-10, 0.5), of(10, 0), of(-10, 0)]).toEqual([true, true, true, true]);
    expect([of(10, 1.5), of(-10, 1.5)]).toEqual([false, false]);
    // Two strategies on opposite sides: what is left is short, and selling makes it larger.
    const hedged = [held("A", 10, { strategy: "long" }), held("A", -12, { strategy: "short" })];
    const { deltas } = deltasOf(hedged, { world: 1, strategies: { long: 0 } }, rules);
    expect(deltas).toMatchObject([{ quantity: -10, reduceOnly: false }]);
  });

  test("says what was left out, and why", () => {
    const positions = [held("A", 10, { mark: Number.NaN }), held("B", 1), held("C", 0.5)];
    const found = plan({ positions, minNotional: 30, lots: { B: 1 } });
    expect(found.worlds[0]?.deltas).toEqual([]);
    expect(found.worlds[0]?.leftOut.map(({ symbol, reason }) => [symbol, reason])).toEqual([
      ["A", "no-mark"],
      ["B", "less-than-a-lot"],
      ["C", "below-min-notional"],
    ]);
  });
});

describe("a plan", () => {
  test("nets worlds per venue and symbol, and knows what reduces the whole", () => {
    const found = plan({
      changes: [
        { world: "w", before: 0.4, after: 0.2, strategies: {} },
        { world: "x", before: 0.2, after: 0.4, strategies: {} },
      ],
      positions: [held("A", 10), held("A", 3, { world: "x" }), held("A", 1, { world: "x", venue: "elsewhere" })],
    });
    expect(found.net.map(({ venue, symbol, quantity, reduceOnly }) => [venue, symbol, quantity, reduceOnly])).toEqual([
      ["v", "A", -2, true],
      ["elsewhere", "A", 1, false],
    ]);
    expect(found.worlds.map(({ world, deltas }) => [world, ...traded(deltas)])).toEqual([
      ["w", ["A", -5]],
      ["x", ["A", 3], ["A", 1]],
    ]);
  });

  test("says what it turns over and what that costs", () => {
    const found = plan({ costRate: 0.001 });
    expect(found.turnover).toBeCloseTo(500 / 1_000_000, 12);
    expect(found.cost).toBeCloseTo(0.5, 12);
  });

  test("is the same plan, with the same id, whatever the order of its worlds", () => {
    const changes = ["w", "x"].map((world) => ({ world, before: 0.4, after: 0.2, strategies: {} }));
    const positions = [held("A", 10), held("B", 3, { world: "x" })];
    const found = plan({ changes, positions });
    expect(plan({ changes: changes.toReversed(), positions })).toEqual(found);
    expect(plan({ changes, positions: [held("A", 11), positions[1]!] }).id).not.toBe(found.id);
  });

  test("of a world that holds nothing is empty", () => {
    expect(plan({ positions: [] })).toMatchObject({ worlds: [], net: [], overlay: [], turnover: 0, cost: 0 });
  });

  test("hybrid trades in the world's instrument what lots and least values leave", () => {
    const overlay = { instruments: { w: "F" }, prices: { F: 50 } };
    const positions = [held("A", 9), held("B", 1)];
    const found = plan({ mode: "hybrid", positions, overlay, lots: { A: 1, B: 1, F: 0.1 } });
    expect(traded(found.worlds[0]!.deltas)).toEqual([["A", -4]]);
    // 4.5 of A and 0.5 of B were asked for, 4 of A are traded: 100 of value are left.
    expect(traded(found.overlay)).toEqual([["F", -2]]);
    expect(plan({ mode: "hybrid", positions: [held("A", 10)], overlay }).overlay).toEqual([]);
    expect(plan({ mode: "overlay", positions, overlay })).toMatchObject({
      worlds: [{ deltas: [] }],
      overlay: [{ symbol: "F", quantity: -10, venue: null }],
    });
  });

  test.each<[string, Partial<RebalanceInput>, string]>([
    [
      "shares of more than everything",
      { changes: ["w", "x"].map((world) => change(world, 0.6)) },
      "allocation.invalid-share",
    ],
    ["a share above 1", { changes: [change("w", 1.5)] }, "allocation.invalid-share"],
    ["a share below 0", { changes: [change("w", -0.1)] }, "allocation.invalid-share"],
    ["a share that is no number", { changes: [change("w", Number.NaN)] }, "allocation.invalid-share"],
    [
      "a strategy's share above 1",
      { changes: [{ ...change("w", 0.1), strategies: { s: { after: 2 } } }] },
      "allocation.invalid-share",
    ],
    ["a world twice", { changes: [change("w", 0.1), change("w", 0.1)] }, "allocation.duplicate-world"],
    ["negative equity", { totalEquity: -1 }, "allocation.invalid-equity"],
    ["equity that is no number", { totalEquity: Number.NaN }, "allocation.invalid-equity"],
    ["a quantity that is no number", { positions: [held("A", Number.NaN)] }, "allocation.invalid-position"],
    ["an overlay without an instrument", { mode: "overlay" }, "allocation.no-overlay"],
    [
      "an overlay without a price",
      { mode: "overlay", overlay: { instruments: { w: "F" }, prices: { F: 0 } } },
      "allocation.no-overlay",
    ],
  ])("is refused for %s", (_what, more, code) => {
    expect(() => plan(more)).toThrow(expect.objectContaining({ code }));
  });
});

function change(world: string, after: number) {
  return { world, before: 0.2, after, strategies: {} };
}

describe("whose an order is", () => {
  test("holders take part by value, and a sale that nobody holds is nobody's", () => {
    const positions = [held("A", 1), held("A", -3, { strategy: "t" }), held("B", 9, { strategy: "u" })];
    const delta = { symbol: "A", venue: "v", quantity: -2 };
    expect(attribute(delta, positions).map(({ strategy, quantity }) => [strategy, quantity])).toEqual([
      ["s", -0.5],
      ["t", -1.5],
    ]);
    expect(attribute(delta, [], { s: 1 })).toEqual([]);
    expect(attribute({ ...delta, quantity: 2 }, [], { s: 0.3, t: 0.1, u: 0 })).toEqual([
      { symbol: "A", venue: "v", strategy: "s", quantity: expect.closeTo(1.5, 12) },
      { symbol: "A", venue: "v", strategy: "t", quantity: 0.5 },
    ]);
  });
});

describe("the schema of a plan that leaves the process", () => {
  test("is the newest that both sides speak", () => {
    expect([negotiateSchema(), negotiateSchema(1), negotiateSchema(2), negotiateSchema(9)]).toEqual([1, 1, 2, 2]);
    expect(() => negotiateSchema(0)).toThrow(expect.objectContaining({ code: "allocation.invalid-schema" }));
    expect(() => negotiateSchema(1.5)).toThrow(expect.objectContaining({ code: "allocation.invalid-schema" }));
    expect(() => negotiateSchema(1, true)).toThrow(expect.objectContaining({ code: "allocation.schema-too-old" }));
    expect(negotiateSchema(2, true)).toBe(2);
  });

  test("carries in its second version what was measured, and leaves out what was not", () => {
    const of = {
      worlds: { w: { sharpe: 1.5, max_drawdown: Number.NaN } },
      strategies: { s: { w: { win_ratio: 0.6 } } },
    };
    const found = plan({});
    expect(planDocument(found, { version: 1, ...of })).toEqual({ schema_version: 1, plan: found });
    expect(planDocument(found, { version: 2, ...of, intent: { reason: "less risk" } })).toEqual({
      schema_version: 2,
      plan: found,
      alpha_metrics: {
        per_world: { w: { "alpha_performance.sharpe": 1.5 } },
        per_strategy: { s: { w: { "alpha_performance.win_ratio": 0.6 } } },
      },
      rebalance_intent: { meta: { reason: "less risk" } },
    });
  });
});
