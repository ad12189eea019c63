import type { TrialStatistics } from "@qmtl/core/plugin";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deflatedSharpe, deflation, expectedMaximumSharpe } from "./deflated-sharpe.ts";
import { probabilisticSharpe } from "./probabilistic-sharpe.ts";

const estimate = { sharpe: 0.1, skew: -0.5, kurtosis: 5 };
const PERIODS = 500;

function trial(evalKey: string, sharpe?: number, periods = PERIODS): TrialStatistics {
  return { evalKey, periods, ...(sharpe !== undefined && { sharpe }) };
}

function of(trials: readonly TrialStatistics[], minTrialPeriods = 20) {
  const found = deflation(estimate, PERIODS, { trials, minTrialPeriods });
  if (typeof found === "string") throw new Error(found);
  return found;
}

describe("deflation", () => {
  test("N and V come from the trials that are long enough", () => {
    const found = of([trial("a", 0.1), trial("b", 0.02), trial("c", 9, 19), trial("d", -0.06)]);
    expect(found.trials).toBe(3);
    expect(found.basis).toBe("ledger");
    expect(found.variance).toBeCloseTo(0.0064, 15);
    expect(found.benchmark).toBe(expectedMaximumSharpe(3, found.variance));
  });

  test("a trial that never varied counts, though it adds no Sharpe ratio", () => {
    const found = of([trial("a", 0.1), trial("b"), trial("c")]);
    expect(found.trials).toBe(3);
    expect(found.basis).toBe("estimator");
    expect(found.benchmark).toBeGreaterThan(0);
  });

  test("one trial, or none that is long enough, deflates by nothing", () => {
    for (const trials of [[], [trial("a", 0.1)], [trial("a", 0.1, 3), trial("b", 0.2, 3)]]) {
      const found = of(trials);
      expect(found).toMatchObject({ trials: 1, basis: "estimator", benchmark: 0 });
      expect(deflatedSharpe(estimate, PERIODS, found)).toEqual(
        probabilisticSharpe(estimate, { periods: PERIODS, benchmark: 0 }),
      );
    }
  });

  test("more trials of the same spread ask for more", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 1e-6, max: 1, noNaN: true }), (n, variance) => {
        expect(expectedMaximumSharpe(n + 1, variance)).toBeGreaterThan(expectedMaximumSharpe(n, variance));
      }),
    );
  });

  test("the order of the ledger does not matter, to the last bit", () => {
    const sharpe = fc.double({ min: -0.3, max: 0.3, noNaN: true });
    fc.assert(
      fc.property(fc.array(sharpe, { minLength: 2, maxLength: 30 }), (sharpes) => {
        const trials = sharpes.map((value, i) => trial(`k${i}`, value));
        expect(of(trials.toReversed())).toEqual(of(trials));
      }),
    );
  });

  test("a shape without a variance has a reason", () => {
    const impossible = { sharpe: 1, skew: 3, kurtosis: 1 };
    expect(deflation(impossible, PERIODS, { trials: [], minTrialPeriods: 2 })).toMatch(/without a positive variance/);
    expect(probabilisticSharpe(estimate, { periods: 1, benchmark: 0 })).toMatchObject({ kind: "undefined" });
  });
});
