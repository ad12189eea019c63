import fc from "fast-check";
import { solveQP } from "quadprog";
import { describe, expect, test } from "vitest";
import { dot, times } from "./cholesky.ts";
import { sampleCovariance } from "./covariance/sample.ts";
import type { Limit } from "./program.ts";
import { solveProgram } from "./quadratic-program.ts";
import { someReturns } from "./sample.test.kit.ts";

const unit = (i: number, coefficient: number, bound: number): Limit => ({
  at: Int32Array.of(i),
  coefficients: Float64Array.of(coefficient),
  bound,
});

test("agrees with quadprog on strictly convex programs", () => {
  const program = fc.record({
    size: fc.integer({ min: 2, max: 12 }),
    seed: fc.integer(),
    upper: fc.double({ min: 0.2, max: 1, noNaN: true }),
    slope: fc.double({ min: -1, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(program, ({ size, seed, upper: asked, slope }) => {
      const upper = Math.max(asked, 1.2 / size);
      const quadratic = sampleCovariance(someReturns(size, 60, seed));
      const scale = 1 / Math.max(...quadratic.values);
      const values = quadratic.values.map((value) => value * scale);
      const linear = Float64Array.from({ length: size }, (_, i) => (slope * i) / size);
      const limits = Array.from({ length: size }, (_, i) => [unit(i, -1, 0), unit(i, 1, upper)]).flat();
      const equal = [{ coefficients: new Float64Array(size).fill(1), bound: 1 }];
      const found = solveProgram({ quadratic: { size, values }, linear, equal, limits });

      // Counted from 1, and as `A' x >= b`.
      const matrix = [[], ...Array.from({ length: size }, (_, i) => [0, ...values.slice(i * size, (i + 1) * size)])];
      const columns = [
        [],
        ...Array.from({ length: size }, (_, i) => [
          0,
          1,
          ...limits.map(({ at, coefficients }) => (at?.[0] === i ? -coefficients[0]! : 0)),
        ]),
      ];
      const bounds = [0, 1, ...limits.map(({ bound }) => -bound)];
      const reference = solveQP(matrix, [0, ...linear.map((value) => -value)], columns, bounds, 1);
      expect(reference.message).toBe("");
      expect(found.residual).toBeLessThanOrEqual(1e-9);
      const solution = Float64Array.from(reference.solution.slice(1, size + 1));
      const objective = (x: Float64Array): number => dot(x, times({ size, values }, x)) / 2 + dot(linear, x);
      expect(objective(found.x)).toBeCloseTo(objective(solution), 9);
      // A bound that all but binds leaves the variable a little room: its square counts.
      found.x.forEach((value, i) => {
        expect(value).toBeCloseTo(solution[i]!, 5);
      });
    }),
    { numRuns: 100 },
  );
});

describe("limits with a weight", () => {
  const none = { size: 1, values: Float64Array.of(1) };

  test("are kept where what they cost is less than the weight", () => {
    const limits = [{ ...unit(0, -1, -1), weight: 5 }];
    const found = solveProgram({ quadratic: none, linear: Float64Array.of(0), equal: [], limits });
    expect(found.x[0]).toBeCloseTo(1, 9);
    expect(found.multipliers[0]).toBeCloseTo(1, 9);
  });

  test("give way where it is more", () => {
    const limits = [{ ...unit(0, -1, -1), weight: 0.25 }];
    const found = solveProgram({ quadratic: none, linear: Float64Array.of(0), equal: [], limits });
    expect(found.x[0]).toBeCloseTo(0.25, 9);
    expect(found.multipliers[0]).toBeCloseTo(0.25, 9);
  });

  test("limits that contradict each other give no residual that looks solved", () => {
    const limits = [unit(0, 1, -1), unit(0, -1, -1)];
    const found = solveProgram({ quadratic: none, linear: Float64Array.of(0), equal: [], limits });
    expect(found.residual).toBeGreaterThan(1e-3);
  });
});

/** Shares that sum to 1, then the loss that only the worst sessions go beyond, each of which counts `1 / tail`. */
function leastTail(returns: readonly Float64Array[], tail: number) {
  const size = returns.length;
  const shares = Float64Array.from({ length: size + 1 }, (_, i) => (i < size ? 1 : 0));
  const sessions = Array.from(returns[0]!, (_, t): Limit => {
    const loss = Float64Array.from({ length: size + 1 }, (_value, i) => (i < size ? -returns[i]![t]! : -1));
    return { coefficients: loss, bound: 0, weight: 1 / tail };
  });
  return solveProgram({
    quadratic: { size: 0, values: new Float64Array() },
    linear: shares.map((value) => 1 - value),
    equal: [{ coefficients: shares, bound: 1 }],
    limits: [...returns.map((_, i) => unit(i, -1, 0)), ...sessions],
  });
}

test("the least tail of many sessions is proved by weights of its worst ones, which no shares can go below", () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 40 }), fc.integer(), (size, seed) => {
      const returns = someReturns(size, 400, seed).map((series) => series.map((value) => 50 * value));
      const tail = 20;
      const { x, multipliers, residual } = leastTail(returns, tail);
      expect(residual).toBeLessThanOrEqual(1e-9);
      const shares = x.subarray(0, size);
      const losses = Float64Array.from(
        returns[0]!,
        (_, t) =>
          -dot(
            shares,
            Float64Array.from(returns, (series) => series[t]!),
          ),
      );
      const worst = losses.sort().subarray(-tail);
      const weights = multipliers.subarray(size);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
      expect(Math.max(...weights)).toBeLessThanOrEqual(1 / tail + 1e-9);
      const least = Math.min(...returns.map((series) => -dot(series, weights)));
      expect(worst.reduce((sum, loss) => sum + loss, 0) / tail).toBeCloseTo(least, 9);
    }),
    { numRuns: 20 },
  );
});
