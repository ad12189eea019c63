import { describe, expect, test } from "vitest";
import { slip, volatilityBefore } from "./slippage.ts";

const met = { quantity: 100, volume: 1000, volatility: 0.02 };

describe("the price moves against the order", () => {
  test("by a fraction, by half a spread, by the share of the volume", () => {
    expect(slip({ kind: "none" }, 100, 1, 0.5)).toBe(100);
    expect(slip({ kind: "percent", fraction: 0.0005 }, 100, 1, 0)).toBeCloseTo(100.05, 12);
    expect(slip({ kind: "spread", width: 0.2, part: 0.5 }, 100, 1, 0)).toBe(100.1);
    expect(slip({ kind: "spread", width: 0.2, part: 0.5 }, 100, -1, 0)).toBe(99.9);
    const share = { kind: "volume-share", coefficient: 0.1, fallback: 0.0005 } as const;
    expect(slip(share, 50, -1, 0, met)).toBeCloseTo(49.95, 12);
  });

  test("by the square root of the share, times volatility", () => {
    const model = { kind: "square-root", coefficient: 0.7, window: 20, fallback: 0.001 } as const;
    expect(slip(model, 50, 1, 0, met)).toBeCloseTo(50 * (1 + 0.7 * 0.02 * Math.sqrt(0.1)), 12);
  });

  test("by the fallback where volume or volatility are unknown", () => {
    const share = { kind: "volume-share", coefficient: 0.1, fallback: 0.01 } as const;
    for (const volume of [0, Number.NaN]) expect(slip(share, 50, 1, 0, { ...met, volume })).toBe(50.5);
    const root = { kind: "square-root", coefficient: 0.7, window: 20, fallback: 0.01 } as const;
    expect(slip(root, 50, 1, 0, { ...met, volatility: Number.NaN })).toBe(50.5);
  });

  test("to the tick against the order, and never to nothing", () => {
    expect(slip({ kind: "spread", width: 0.06, part: 0.5 }, 100, 1, 0.05)).toBe(100.05);
    expect(slip({ kind: "spread", width: 500, part: 1 }, 100, -1, 0)).toBeGreaterThan(0);
    const share = { kind: "volume-share", coefficient: 9, fallback: 0 } as const;
    expect(slip(share, 50, -1, 0, { ...met, quantity: 10_000 })).toBeGreaterThan(0);
  });
});

test("volatility looks back from the bar before, and needs all of its window", () => {
  // numpy: numpy.std(numpy.diff(numpy.log([100, 103, 99, 104, 98])), ddof=1)
  const closes = [1, 100, 103, 99, 104, 98, 7];
  expect(volatilityBefore(closes, 6, 5)).toBeCloseTo(0.0525970481919727, 14);
  expect(volatilityBefore(closes, 4, 5)).toBeNaN();
  expect(volatilityBefore([100, Number.NaN, 100, 100, 100], 5, 5)).toBeNaN();
});
