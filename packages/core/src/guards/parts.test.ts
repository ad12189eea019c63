import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deepestFall, figuresOf } from "./figures.ts";
import { checkParts, type PartsInput } from "./parts.ts";

const DAY = 86_400_000;

function input(
  returns: readonly number[],
  market: readonly number[] = returns.map(() => 0),
  from = "2019-01-01",
): PartsInput {
  const times = returns.map((_, row) => Date.parse(from) + (row + 1) * DAY);
  return { times, returns, market, periodsPerYear: 252 };
}

describe("figures", () => {
  test("of a hand-worked stretch", () => {
    const { totalReturn, sharpe } = figuresOf([0.1, -0.05, 0.02], 252);
    expect(totalReturn).toBeCloseTo(1.1 * 0.95 * 1.02 - 1, 15);
    // Mean 0.07 / 3; squares of 0.0766…, -0.0733…, -0.0033… sum to 0.011266…, halved 0.005633….
    expect(sharpe).toBeCloseTo((0.07 / 3 / Math.sqrt(0.0169 / 3)) * Math.sqrt(252), 12);
    expect(deepestFall([0.1, -0.5, 0.2, -0.5, 3])).toBeCloseTo(0.7, 15);
  });

  test("are null where there are none", () => {
    expect(figuresOf([], 252)).toEqual({ totalReturn: null, sharpe: null });
    expect(figuresOf([0.1], 252).sharpe).toBeNull();
    expect(figuresOf([0.001, 0.001, 0.001], 252).sharpe).toBeNull();
    expect(figuresOf([Number.NaN, 1], 252)).toEqual({ totalReturn: null, sharpe: null });
    expect(deepestFall([])).toBe(0);
  });
});

describe("parts", () => {
  test("thirds and years hold every period once, and multiply to the whole", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { minLength: 3, maxLength: 900 }),
        (returns) => {
          const { parts } = checkParts(input(returns));
          const whole = 1 + figuresOf(returns, 252).totalReturn!;
          for (const by of ["third", "year"] as const) {
            const of = parts.filter((part) => part.by === by);
            expect(of.reduce((sum, { periods }) => sum + periods, 0)).toBe(returns.length);
            expect(of.reduce((growth, { totalReturn }) => growth * (1 + totalReturn!), 1)).toBeCloseTo(whole, 9);
          }
        },
      ),
    );
  });

  test("a period that ends at midnight belongs to the year it closes", () => {
    const { parts } = checkParts(input([0.01, 0.02, 0.03], undefined, "2019-12-29"));
    expect(parts.filter(({ by }) => by === "year").map(({ name, periods }) => [name, periods])).toEqual([["2019", 3]]);
  });

  test("weather follows the market, not the strategy", () => {
    const rising = Array.from({ length: 200 }, (_, row) => 0.01 + (row % 2 === 0 ? 0.002 : -0.002));
    const falling = rising.map((value) => -value);
    const swinging = Array.from({ length: 200 }, (_, row) => (row % 2 === 0 ? 0.05 : -0.05));
    const market = [...rising, ...falling, ...swinging];
    const { parts } = checkParts(
      input(
        market.map(() => 0.001),
        market,
      ),
    );
    const periods = Object.fromEntries(parts.map(({ by, name, periods: count }) => [`${by} ${name}`, count]));
    // The first 62 have too little behind them; after a turn the trend lasts for about half a span.
    expect(periods["trend up"]! + periods["trend down"]! + periods["trend sideways"]!).toBe(600 - 62);
    expect(periods["trend up"]).toBeGreaterThan(150);
    expect(periods["trend down"]).toBeGreaterThan(170);
    expect(periods["trend sideways"]).toBeGreaterThan(120);
    expect(periods["volatility high"]! + periods["volatility low"]!).toBe(600 - 20);
    expect(periods["volatility high"]).toBeGreaterThanOrEqual(200);
  });

  test("a market without prices has no weather", () => {
    const { parts } = checkParts(input([0.01, -0.01, 0.02], [Number.NaN, Number.NaN, Number.NaN]));
    expect(new Set(parts.map(({ by }) => by))).toEqual(new Set(["third", "year"]));
    expect(checkParts(input([])).parts).toEqual([]);
  });
});

describe("concentration", () => {
  test("is the best five over all, and said where nothing is left without them", () => {
    const returns = Array.from({ length: 300 }, (_, row) => (row < 5 ? 0.1 : -0.001));
    const { concentration, findings } = checkParts(input(returns));
    expect(concentration.bestFive).toBeCloseTo(0.5 / (0.5 - 0.295), 12);
    expect(concentration.bestYear).toBeNull();
    expect(findings).toMatchObject([{ kind: "concentration", severity: "note" }]);
    const even = checkParts(input(returns.map(() => 0.001)));
    expect(even.concentration.bestFive).toBeCloseTo(5 / 300, 12);
    expect(even.findings).toEqual([]);
    // Few periods prove nothing.
    expect(checkParts(input(returns.slice(0, 100))).findings).toEqual([]);
  });

  test("has no figure without a profit", () => {
    expect(checkParts(input([-0.1, 0.01])).concentration).toEqual({ bestFive: null, bestYear: null });
  });

  test("the best year's share is of log returns", () => {
    const returns = Array.from({ length: 730 }, (_, row) => (row < 365 ? 0.003 : 0.001));
    expect(checkParts(input(returns)).concentration.bestYear).toBeCloseTo(
      Math.log(1.003) / (Math.log(1.003) + Math.log(1.001)),
      12,
    );
  });
});
