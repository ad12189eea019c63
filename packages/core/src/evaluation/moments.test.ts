import { describe, expect, test } from "vitest";
import { moments } from "./moments.ts";
import { trialStatistics } from "./trial-statistics.ts";

describe("moments", () => {
  test("known values: sample deviation, population skew, raw kurtosis", () => {
    // By numpy and scipy.stats.
    const found = moments(Float64Array.of(1, 2, 4, 8, 16));
    expect(found.mean).toBe(6.2);
    expect(found.deviation).toBeCloseTo(6.09918027279076, 12);
    expect(found.skew).toBeCloseTo(0.8890481348169542, 12);
    expect(found.kurtosis).toBeCloseTo(2.3259408602150526, 12);
  });

  test("a large mean takes no digits from the deviation", () => {
    expect(moments(Float64Array.of(1e9 + 1, 1e9 + 2, 1e9 + 3)).deviation).toBe(1);
  });
});

describe("what the ledger keeps of a trial", () => {
  test("per period, not annualised", () => {
    // By numpy and scipy.stats.
    expect(trialStatistics("k", Float64Array.of(0.01, -0.02, 0.03, 0.01))).toEqual({
      evalKey: "k",
      periods: 4,
      sharpe: expect.closeTo(0.36380343755449945, 12),
      skew: expect.closeTo(-0.4118470835376501, 12),
      kurtosis: expect.closeTo(2.0380622837370246, 12),
    });
  });

  test("returns without variation or with a hole count, without a Sharpe ratio", () => {
    const constant = Float64Array.from({ length: 300 }, (_, i) => (1.0007 ** (i + 1) * 1e6) / (1.0007 ** i * 1e6) - 1);
    expect(trialStatistics("k", constant)).toEqual({ evalKey: "k", periods: 300 });
    expect(trialStatistics("k", new Float64Array(9))).toEqual({ evalKey: "k", periods: 9 });
    expect(trialStatistics("k", Float64Array.of(0.1))).toEqual({ evalKey: "k", periods: 1 });
    expect(trialStatistics("k", new Float64Array(0))).toEqual({ evalKey: "k", periods: 0 });
    expect(trialStatistics("k", Float64Array.of(0.1, Number.NaN, 0.2))).toEqual({ evalKey: "k", periods: 3 });
  });
});
