import type { Figure } from "@qmtl/core/plugin";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maxDrawdown, timeUnderWater, ulcerIndex } from "./drawdown.ts";
import { gainToPain } from "./gain-to-pain.ts";
import { cagr, calmar, totalReturn } from "./growth.ts";
import { moments } from "./moments.ts";
import { sharpe, sortino, volatility } from "./sharpe.ts";
import { expectedShortfall, valueAtRisk } from "./tail.ts";

const YEAR = 252;
const returns = fc
  .array(fc.integer({ min: -300, max: 300 }), { minLength: 25, maxLength: 120 })
  .map((points) => Float64Array.from(points, (point) => point / 10_000));

function curveOf(values: Float64Array): Float64Array {
  const equity = new Float64Array(values.length + 1);
  equity[0] = 100;
  for (let i = 0; i < values.length; i++) equity[i + 1] = equity[i]! * (1 + values[i]!);
  return equity;
}

function number(figure: Figure): number {
  if (figure.kind === "undefined") throw new Error(figure.because);
  return figure.value;
}

function reason(figure: Figure): string {
  return figure.kind === "undefined" ? figure.because : `${figure.value}`;
}

describe("undefined, with a reason, instead of infinite", () => {
  test("returns that do not vary have no Sharpe ratio, even when their rounding does", () => {
    expect(reason(sharpe(Float64Array.of(0.01, 0.01, 0.01), YEAR))).toBe("the returns do not vary");
    const equity = Float64Array.from({ length: 300 }, (_, i) => 1e6 * 1.0007 ** i);
    const divided = Float64Array.from({ length: 299 }, (_, i) => equity[i + 1]! / equity[i]! - 1);
    expect(moments(divided).deviation).toBeGreaterThan(0);
    expect(reason(sharpe(divided, YEAR))).toBe("the returns do not vary");
    expect(reason(sharpe(Float64Array.of(0, 0, 0), YEAR))).toBe("the returns do not vary");
    expect(reason(sharpe(Float64Array.of(0.01), YEAR))).toMatch(/too few/);
  });
  test("no loss, no drawdown, no tail", () => {
    const wins = Float64Array.of(0.01, 0.02);
    expect(reason(sortino(wins, YEAR))).toBe("no period lost");
    expect(reason(gainToPain(wins))).toBe("no period lost");
    expect(reason(calmar(curveOf(wins), YEAR))).toBe("the equity never fell below its peak");
    expect(reason(valueAtRisk(wins, 0.05))).toMatch(/takes 20/);
    expect(reason(expectedShortfall(wins, 0.05))).toMatch(/takes 20/);
    expect(reason(volatility(new Float64Array(1), YEAR))).toMatch(/too few/);
    expect(reason(sortino(new Float64Array(0), YEAR))).toBe("there are no returns");
  });
  test("ruin", () => {
    expect(number(totalReturn(Float64Array.of(100, 50, 0)))).toBe(-1);
    expect(reason(cagr(Float64Array.of(100, 50, 0), YEAR))).toMatch(/at or below zero/);
    expect(reason(cagr(Float64Array.of(0, 1), YEAR))).toMatch(/starting equity/);
    expect(reason(maxDrawdown(Float64Array.of(-1, 1)))).toMatch(/starting equity/);
    expect(reason(maxDrawdown(Float64Array.of(100)))).toBe("there is no period");
    expect(reason(cagr(Float64Array.of(1, 1e300), 1000))).toMatch(/no finite value/);
  });
});

describe("known values", () => {
  test("gain to pain and time under water", () => {
    const values = Float64Array.of(0.01, -0.02, 0.03, 0.015, -0.005, 0.02);
    expect(number(gainToPain(values))).toBeCloseTo(2, 12);
    expect(number(timeUnderWater(curveOf(values)))).toBeCloseTo(1 / 3, 12);
    expect(number(gainToPain(Float64Array.of(-0.01, -0.02)))).toBeCloseTo(-1, 12);
    expect(number(timeUnderWater(curveOf(Float64Array.of(-0.01, -0.02))))).toBe(1);
  });
  test("a drawdown counts from the starting equity", () => {
    expect(number(maxDrawdown(Float64Array.of(100, 80, 90)))).toBeCloseTo(0.2, 12);
    expect(number(ulcerIndex(Float64Array.of(100, 80, 100)))).toBeCloseTo(0.2 / Math.SQRT2, 12);
  });
});

describe("laws", () => {
  test("Sharpe, Sortino, gain to pain, skew and kurtosis do not depend on leverage", () => {
    fc.assert(
      fc.property(returns, fc.integer({ min: 2, max: 9 }), (values, scale) => {
        const scaled = values.map((value) => value * scale);
        for (const of of [
          (r: Float64Array) => sharpe(r, YEAR),
          (r: Float64Array) => sortino(r, YEAR),
          (r: Float64Array) => gainToPain(r),
        ]) {
          const plain = of(values);
          const levered = of(scaled);
          expect(levered.kind).toBe(plain.kind);
          if (plain.kind === "value" && levered.kind === "value")
            expect(Math.abs(levered.value - plain.value)).toBeLessThan(1e-9 * Math.max(1, Math.abs(plain.value)));
        }
      }),
    );
  });
  test("order of periods changes neither the moments nor the tail", () => {
    fc.assert(
      fc.property(returns, (values) => {
        const reversed = values.slice().reverse();
        const [a, b] = [moments(values), moments(reversed)];
        expect(a.varies).toBe(b.varies);
        if (a.varies) {
          expect(a.deviation).toBeCloseTo(b.deviation, 14);
          expect(a.skew).toBeCloseTo(b.skew, 9);
          expect(a.kurtosis).toBeCloseTo(b.kurtosis, 9);
        }
        expect(valueAtRisk(values, 0.05)).toEqual(valueAtRisk(reversed, 0.05));
        expect(expectedShortfall(values, 0.05)).toEqual(expectedShortfall(reversed, 0.05));
      }),
    );
  });
  test("the shortfall beyond the value at risk is no smaller, and no larger than the worst period", () => {
    fc.assert(
      fc.property(returns, (values) => {
        const shortfall = number(expectedShortfall(values, 0.05));
        expect(shortfall).toBeGreaterThanOrEqual(number(valueAtRisk(values, 0.05)) - 1e-15);
        expect(shortfall).toBeLessThanOrEqual(-Math.min(...values) + 1e-15);
      }),
    );
  });
  test("the ulcer index lies between zero and the deepest drawdown, which lies between zero and one", () => {
    fc.assert(
      fc.property(returns, (values) => {
        const equity = curveOf(values);
        const deepest = number(maxDrawdown(equity));
        const ulcer = number(ulcerIndex(equity));
        expect(ulcer).toBeGreaterThanOrEqual(0);
        expect(ulcer).toBeLessThanOrEqual(deepest + 1e-15);
        expect(deepest).toBeLessThan(1);
        expect(number(timeUnderWater(equity)) > 0).toBe(deepest > 0);
      }),
    );
  });
  test("a constant added to returns moves the mean only", () => {
    fc.assert(
      fc.property(returns, (values) => {
        const shifted = values.map((value) => value + 5);
        const [a, b] = [moments(values), moments(shifted)];
        expect(Math.abs(a.deviation - b.deviation)).toBeLessThan(1e-13);
      }),
    );
  });
});
