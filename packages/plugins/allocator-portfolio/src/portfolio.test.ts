import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as allocators from "./index.ts";
import { riskParity } from "./method/risk-parity.ts";
import { explainBy, inputOf, nameOf, sharesBy, someReturns } from "./sample.test.kit.ts";

const every = Object.entries(allocators);
const few = { minPeriods: 20 };
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe.each(every)("%s", (_name, plugin) => {
  test("shares out the whole budget and no more, whoever is there", () => {
    const cases = fc.record({
      count: fc.integer({ min: 1, max: 14 }),
      periods: fc.integer({ min: 25, max: 120 }),
      seed: fc.integer(),
      budget: fc.double({ min: 0.05, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(cases, ({ count, periods, seed, budget }) => {
        const found = explainBy(plugin as never, inputOf(someReturns(count, periods, seed), { budget }), few);
        const shares = found.shares.map(({ share }) => share);
        expect(shares.every((share) => share >= 0)).toBe(true);
        expect(sum(shares)).toBeLessThanOrEqual(budget + 1e-12);
        if (plugin !== allocators.fractionalKelly) expect(sum(shares)).toBeGreaterThanOrEqual(budget - 1e-8);
        expect(found.figures["kkt_residual"] ?? 0).toBeLessThanOrEqual(1e-9);
        expect(found.fallback).toBeUndefined();
      }),
      { numRuns: 25 },
    );
  });

  test("keeps limits that can be kept, and says which bind", () => {
    const cases = fc.record({ seed: fc.integer(), held: fc.boolean() });
    fc.assert(
      fc.property(cases, ({ seed, held }) => {
        const returns = someReturns(6, 80, seed);
        const limits = {
          max: 0.35,
          strategies: { [nameOf(5)]: { min: 0.05 } },
          groups: { pair: { members: [nameOf(0), nameOf(1)], max: 0.4, min: 0.1 } },
          ...(held && { turnover: 0.6, cost: { rate: 0.001, max: 0.0005 } }),
        };
        const input = inputOf(returns, held ? { held: [0.2, 0.2, 0.2, 0.2, 0.1, 0.1] } : {});
        const found = explainBy(plugin as never, input, { ...few, limits });
        const shares = found.shares.map(({ share }) => share);
        expect(found.notes).toEqual([]);
        expect(Math.max(...shares)).toBeLessThanOrEqual(0.35 + 1e-9);
        expect(shares[5]).toBeGreaterThanOrEqual(0.05 - 1e-7);
        expect(shares[0]! + shares[1]!).toBeLessThanOrEqual(0.4 + 1e-9);
        expect(shares[0]! + shares[1]!).toBeGreaterThanOrEqual(0.1 - 1e-7);
        if (held) expect(found.figures["turnover"]).toBeLessThanOrEqual(0.5 + 1e-7);
        for (const { multiplier } of found.binding) expect(multiplier).toBeGreaterThan(0);
      }),
      { numRuns: 15 },
    );
  });

  test("gives a hundred strategies, one, and those that hold nothing their share", () => {
    const many = sharesBy(plugin as never, inputOf(someReturns(100, 130)), few);
    expect(many).toHaveLength(100);
    expect(sum(many)).toBeLessThanOrEqual(1 + 1e-12);
    const one = explainBy(plugin as never, inputOf(someReturns(1, 130)), few);
    if (plugin !== allocators.fractionalKelly) expect(one.shares[0]?.share).toBeCloseTo(1, 12);
    expect(explainBy(plugin as never, inputOf([]), few).shares).toEqual([]);
  });

  test("names what stands in for it when strategies are one and the same", () => {
    const [series] = someReturns(1, 100);
    const found = explainBy(plugin as never, inputOf([series!, series!.map((value) => 2 * value), series!]), few);
    const shares = found.shares.map(({ share }) => share);
    expect(shares.every(Number.isFinite)).toBe(true);
    // Halves of three are one and two, whoever they are.
    if (plugin !== allocators.hierarchicalRiskParity) expect(shares[0]).toBeCloseTo(shares[2]!, 5);
    if (found.fallback === undefined) expect(found.method).toBe(plugin.use);
    else {
      expect(found.method).toBe("inverse-volatility");
      expect(found.fallback).toContain("degenerate");
      expect(shares[0]).toBeCloseTo(0.4, 9);
    }
  });

  test.each([
    [
      "too few sessions in common",
      [someReturns(1, 100)[0]!, new Float64Array(100).fill(Number.NaN)],
      /0 sessions in common/,
    ],
    ["returns that do not vary", [someReturns(1, 100)[0]!, new Float64Array(100).fill(0.01)], /s001 do not vary/],
    ["returns beyond measure", [someReturns(1, 100)[0]!, someReturns(1, 100)[0]!.map((r) => r * 1e200)], /too large/],
  ])("falls back to equal shares, by name: %s", (_what, returns, says) => {
    const found = explainBy(plugin as never, inputOf(returns), few);
    expect(found.method).toBe("equal");
    expect(found.fallback).toMatch(says);
    expect(found.shares.map(({ share }) => share)).toEqual([0.5, 0.5]);
  });

  test("leaves out sessions that one of them has not, and nobody else", () => {
    const returns = someReturns(3, 90);
    const gaps = returns.map((series, i) => series.map((value, t) => (t < 10 * i ? Number.NaN : value)));
    const cut = returns.map((series) => series.slice(20));
    expect(sharesBy(plugin as never, inputOf(gaps), few)).toEqual(sharesBy(plugin as never, inputOf(cut), few));
    const idle = inputOf([...returns, new Float64Array(90).fill(Number.NaN)], { active: [true, true, true, false] });
    expect(sharesBy(plugin as never, idle, few)).toEqual(sharesBy(plugin as never, inputOf(returns), few));
  });
});

describe("what a method is", () => {
  const returns = someReturns(6, 200, 5);
  const explain = (plugin: (typeof every)[number][1], config: object = {}) =>
    explainBy(plugin as never, inputOf(returns), config).figures;

  test("least variance is least, highest diversification is highest, least CVaR is least", () => {
    const { minimumVariance, maximumDiversification, minimumCvar } = allocators;
    const invested = every.filter(([, plugin]) => plugin !== allocators.fractionalKelly);
    for (const [, other] of invested) {
      const figures = explain(other);
      expect(explain(minimumVariance)["volatility"]).toBeLessThanOrEqual(figures["volatility"]! + 1e-12);
      expect(explain(maximumDiversification)["diversification_ratio"]).toBeGreaterThanOrEqual(
        figures["diversification_ratio"]! - 1e-9,
      );
    }
    const worst = explain(minimumCvar)["cvar"]!;
    const tail = (shares: readonly number[]): number => {
      const losses = Array.from(returns[0]!, (_, t) => -sum(shares.map((share, i) => share * returns[i]![t]!)));
      return sum(losses.sort((a, b) => b - a).slice(0, 10)) / 10;
    };
    expect(tail(sharesBy(minimumCvar, inputOf(returns)))).toBeCloseTo(worst, 12);
    for (const [, other] of invested)
      expect(worst).toBeLessThanOrEqual(tail(sharesBy(other as never, inputOf(returns))) + 1e-12);
  });

  test("views of nobody are the prior shares", () => {
    const prior = Object.fromEntries(returns.map((_, i) => [nameOf(i), i + 1]));
    const shares = sharesBy(allocators.blackLitterman, inputOf(returns), { prior });
    shares.forEach((share, i) => {
      expect(share).toBeCloseTo((i + 1) / 21, 9);
    });
  });

  test("certain views that contradict each other, and views on nobody, are named", () => {
    const of = { [nameOf(0)]: 1 };
    const views = [0.1, 0.2].map((yearly) => ({ of, yearly, confidence: 1 }));
    expect(explainBy(allocators.blackLitterman, inputOf(returns), { views }).fallback).toMatch(/contradict/);
    const absent = [{ of: { elsewhere: 1 }, yearly: 0.1, confidence: 0.5 }];
    expect(explainBy(allocators.blackLitterman, inputOf(returns), { views: absent }).notes).toEqual([
      "A view on elsewhere does not count: not active",
    ]);
  });

  test("Kelly leaves in cash what earns nothing", () => {
    const losing = returns.map((series) => series.map((value) => value - 0.05));
    expect(sharesBy(allocators.fractionalKelly, inputOf(losing), { means: "sample" })).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test("strategies that cancel each other have no risk parity", () => {
    const answer = riskParity(
      {
        names: ["a", "b"],
        returns: [],
        covariance: { size: 2, values: Float64Array.of(1, -1, -1, 1) },
        deviations: Float64Array.of(1, 1),
        limits: [],
        held: new Float64Array(2),
        budget: 1,
      },
      {},
    );
    expect(answer).toMatch(/cancel each other/);
  });
});

describe("limits", () => {
  const returns = someReturns(4, 120, 3);

  test("that can't be kept together give way by name", () => {
    const found = explainBy(allocators.minimumVariance, inputOf(returns), { limits: { min: 0.3, max: 1 } });
    expect(found.notes.length).toBeGreaterThan(0);
    expect(found.notes.join()).toMatch(/The limit min of s00\d \(0.3\) is missed by/);
    expect(sum(found.shares.map(({ share }) => share))).toBeLessThanOrEqual(1 + 1e-12);
  });

  test("that leave budget idle say so", () => {
    const found = explainBy(allocators.minimumVariance, inputOf(returns), { limits: { max: 0.2 } });
    expect(found.notes).toEqual(["The limits let only 0.8 of the budget of 1 be shared out"]);
    for (const { share } of found.shares) expect(share).toBeCloseTo(0.2, 9);
  });

  test("a first allocation goes as far as the turnover lets it", () => {
    const found = explainBy(allocators.riskParity, inputOf(returns), { limits: { turnover: 0.5 } });
    expect(sum(found.shares.map(({ share }) => share))).toBeCloseTo(0.5, 8);
    expect(found.notes).toEqual(["The limits let only 0.5 of the budget of 1 be shared out"]);
  });

  test("a wider limit gains what its multiplier says, to first order", () => {
    const free = sharesBy(allocators.minimumVariance, inputOf(returns));
    const most = free.indexOf(Math.max(...free));
    const least = free.indexOf(Math.min(...free));
    const limits = {
      strategies: { [nameOf(most)]: { max: free[most]! / 2 } },
      groups: { low: { members: [nameOf(least)], min: free[least]! + 0.2 } },
    };
    const found = explainBy(allocators.minimumVariance, inputOf(returns), { limits }, true);
    expect(found.binding.map(({ name }) => name).sort()).toEqual([`max of ${nameOf(most)}`, "min of group low"]);
    for (const { bound, multiplier, relaxed } of found.binding) {
      expect(relaxed?.gain).toBeGreaterThan(0);
      expect(relaxed!.gain / Math.abs(relaxed!.bound - bound)).toBeLessThanOrEqual(multiplier * (1 + 1e-9));
      expect(relaxed!.gain / Math.abs(relaxed!.bound - bound)).toBeGreaterThan(multiplier * 0.8);
      expect(relaxed?.shares.length).toBeGreaterThan(0);
    }
  });

  test.each([
    [{ min: 0.5, max: 0.4 }, /`min` is above `max`/],
    [{ strategies: { a: { min: 0.5, max: 0.4 } } }, /strategy's `min`/],
    [{ groups: { g: { members: ["a"], min: 0.5, max: 0.4 } } }, /group's `min`/],
    [{ max: 1.5 }, /<=1/],
    [{ turnover: -1 }, />=0/],
  ])("%j is refused", (limits, says) => {
    expect(() => explainBy(allocators.minimumVariance, inputOf(returns), { limits })).toThrow(says);
  });
});
