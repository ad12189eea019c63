import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { equityLinearityV1, equityLinearityV2 } from "./equity-linearity.ts";

const curve = fc
  .array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), { minLength: 0, maxLength: 70 })
  .map((values) => Float64Array.from(values));

describe("equity linearity", () => {
  test("a rising curve with two setbacks", () => {
    const values = Float64Array.of(0, 1, 2, 1.5, 3, 4, 3.8, 5);
    const first = equityLinearityV1(values);
    expect(first.straightness).toBeCloseTo(0.8459987681682976, 12);
    expect(first.score).toBeCloseTo(0.8776599814232051, 12);
    const second = equityLinearityV2(values);
    expect(second.spearman).toBeCloseTo(0.9523809523809523, 12);
    expect(second.slopeT).toBeCloseTo(9.840856223338156, 10);
    expect(second.drawdown).toBeCloseTo(0.099999999998, 12);
    expect(second.score).toBeCloseTo(0.8386984591544985, 12);
  });

  test("a falling curve scores zero, and one in the wished direction", () => {
    const falling = Float64Array.of(3, 2, 1);
    expect(equityLinearityV2(falling)).toMatchObject({ r2Up: 0, slopeT: 0, netGain: -2, score: 0 });
    expect(equityLinearityV2(falling, -1).score).toBeCloseTo(1, 9);
  });

  test("a straight line scores one by both recipes", () => {
    const line = Float64Array.from({ length: 50 }, (_, i) => 100 + 3 * i);
    expect(equityLinearityV1(line).score).toBeCloseTo(1, 12);
    expect(equityLinearityV2(line).score).toBeCloseTo(1, 9);
  });

  test("curves that go nowhere, are flat or too short are finite and score zero", () => {
    for (const values of [[], [1], [1, 2], [1, 1, 1, 1], [1, 2, 3, 2, 1]])
      for (const result of [
        equityLinearityV1(Float64Array.from(values)),
        equityLinearityV2(Float64Array.from(values)),
      ]) {
        expect(Object.values(result).every(Number.isFinite)).toBe(true);
        expect(result.score).toBe(0);
      }
  });

  test("scores stay in [0, 1] whatever the curve", () => {
    fc.assert(
      fc.property(curve, (values) => {
        for (const { score } of [equityLinearityV1(values), equityLinearityV2(values), equityLinearityV2(values, -1)]) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1 + 1e-12);
        }
      }),
    );
  });
});
