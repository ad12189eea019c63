import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { smaSignature } from "./sma.ts";
import { stepsOf } from "./tick-sum.ts";

const MINUTE = 60_000;
const { of: kernel } = smaSignature.kernel;

/** Means over the last `bars`, in runs that end at `cuts`. */
function means(
  values: readonly number[],
  bars: number,
  grid: number,
  first = 0,
  cuts: readonly number[] = [],
): Float64Array {
  const input = Float64Array.from(values);
  const output = new Float64Array(input.length);
  const stamps = input.map((_, row) => (first + row + 1) * MINUTE);
  const state = kernel.create({ bars, interval: "1m" }, [grid]);
  let from = 0;
  for (const to of [...cuts, input.length].sort((a, b) => a - b)) {
    kernel.run(state, [input], [output], from, to, stamps);
    from = to;
  }
  return output;
}

/** The double that is nearest to `sum / count` steps of `1 / perUnit`, by whole numbers of any size. */
function nearest(steps: readonly number[], perUnit: number): number {
  const sum = steps.reduce((total, step) => total + BigInt(step), 0n);
  const scale = 10n ** 30n;
  return Number(`${(sum * scale) / BigInt(steps.length * perUnit)}e-30`);
}

const GRIDS = [
  { grid: 0.01, perUnit: 100 },
  { grid: 0.25, perUnit: 4 },
  { grid: 0.0001, perUnit: 10_000 },
  { grid: 1 / 64, perUnit: 64 },
] as const;
const STEPS = fc.array(fc.integer({ min: 1, max: 5_000_000 }), { minLength: 1, maxLength: 60 });

describe.each(GRIDS)("on a grid of $grid", ({ grid, perUnit }) => {
  test("an average is the double that is nearest to it", () => {
    fc.assert(
      fc.property(STEPS, fc.integer({ min: 1, max: 20 }), fc.boolean(), (steps, bars, product) => {
        const out = means(
          steps.map((step) => (product ? step * grid : step / perUnit)),
          bars,
          grid,
        );
        for (let row = bars - 1; row < steps.length; row++)
          expect(out[row]).toBe(nearest(steps.slice(row - bars + 1, row + 1), perUnit));
      }),
    );
  });

  test("averages that are equal are equal numbers, whatever their windows", () => {
    fc.assert(
      fc.property(STEPS, fc.integer({ min: 2, max: 5 }), (steps, times) => {
        // A stretch again and again: all its means over whole repetitions are one number.
        const values = Array.from({ length: times }, () => steps.map((step) => step * grid)).flat();
        const short = means(values, steps.length, grid);
        const long = means(values, steps.length * times, grid);
        expect(new Set([...short.subarray(steps.length - 1), long.at(-1)]).size).toBe(1);
      }),
    );
  });
});

const MIXED = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 1, max: 20_000 }).map((step) => step / 100) },
    { weight: 1, arbitrary: fc.constantFrom(10.005, Number.NaN, Number.POSITIVE_INFINITY, 0) },
  ),
  { minLength: 1, maxLength: 80 },
);

test("neither how rows are split into runs, nor where the data begins, nor what comes later is seen", () => {
  fc.assert(
    fc.property(
      MIXED,
      fc.integer({ min: 1, max: 12 }),
      fc.nat(79),
      fc.uniqueArray(fc.integer({ min: 1, max: 79 })),
      (values, bars, drop, cuts) => {
        const whole = means(values, bars, 0.01);
        const inside = cuts.filter((cut) => cut < values.length);
        expect(means(values, bars, 0.01, 0, inside)).toEqual(whole);
        const start = Math.min(drop, values.length);
        const later = means(values.slice(start), bars, 0.01, start);
        expect(later.subarray(bars - 1)).toEqual(whole.subarray(Math.min(whole.length, start + bars - 1)));
        const known = means(values.slice(0, start), bars, 0.01);
        expect(known).toEqual(whole.subarray(0, start));
      },
    ),
  );
});

test("a window with a value off the grid has its anchored sum, and no other window has", () => {
  const values = Array.from({ length: 40 }, (_, row) => (1000 + ((row * 37) % 11)) / 100);
  values[20] = 10.123;
  const anchored = means(values, 5, 0);
  const exact = means(values, 5, 0.01);
  for (let row = 4; row < 40; row++) {
    const off = row >= 20 && row < 25;
    const cents = values.slice(row - 4, row + 1).map((value) => Math.round(value * 100));
    expect(exact[row]).toBe(off ? anchored[row] : nearest(cents, 100));
  }
  expect(means([1, 2, Number.NaN, 4, 5, 6], 2, 1)).toEqual(
    Float64Array.of(Number.NaN, 1.5, Number.NaN, Number.NaN, 4.5, 5.5),
  );
});

test("a value is on the grid to within the rounding of a double, and no further", () => {
  const cents = { grid: 0.01, most: Number.MAX_SAFE_INTEGER };
  expect([100.13, 10013 * 0.01, 0.1 + 0.2, -0.07, 0].map((value) => stepsOf(cents, value))).toEqual([
    10013, 10013, 30, -7, 0,
  ]);
  expect([100.130000001, 100.125, Number.NaN, Number.POSITIVE_INFINITY].map((value) => stepsOf(cents, value))).toEqual(
    Array(4).fill(Number.NaN),
  );
  expect(stepsOf({ grid: 0.01, most: 1000 }, 10.01)).toBeNaN();
});
