import { describe, expect, test } from "vitest";
import { createRandom } from "./random.ts";

describe("createRandom", () => {
  test("gives the same numbers for the same name on every machine", () => {
    const random = createRandom("golden");
    expect([random.uniform(), random.uniform(), random.normal()]).toMatchInlineSnapshot(`
      [
        0.340256174094975,
        0.07299584639258683,
        -0.80143849295564,
      ]
    `);
    expect(createRandom("golden").uniform()).toBe(createRandom("golden").uniform());
    expect(createRandom("golden").uniform()).not.toBe(createRandom("other").uniform());
  });

  test("has the moments of the distributions it names", () => {
    const random = createRandom("moments");
    const n = 20_000;
    const mean = (of: readonly number[]) => of.reduce((sum, x) => sum + x, 0) / of.length;
    const uniform = Array.from({ length: n }, () => random.uniform());
    expect(mean(uniform)).toBeCloseTo(0.5, 1);
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    const normal = Array.from({ length: n }, () => random.normal());
    expect(Math.abs(mean(normal))).toBeLessThan(0.03);
    expect(Math.abs(mean(normal.map((x) => x * x)) - 1)).toBeLessThan(0.05);
    // Kurtosis of twelve uniform numbers: 3 - 1.2 / 12.
    expect(Math.abs(mean(normal.map((x) => x ** 4)) - 2.9)).toBeLessThan(0.2);
  });
});
