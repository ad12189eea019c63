import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { combinatorialValidation } from "./cpcv.ts";
import { symmetricValidation } from "./cscv.ts";
import { maxStatistic } from "./max-statistic.ts";
import { lengthOf, purgedTraining } from "./purged-training.ts";
import { quantileOf } from "./quantile.ts";
import { resampledFigures } from "./resampled-figures.ts";
import { noise } from "./sample.test.kit.ts";
import { stationaryResamples } from "./stationary-bootstrap.ts";
import { walk } from "./walk.ts";

const seeds = fc.nat(1_000_000);
const shuffled = <T>(items: readonly T[], seed: number): T[] =>
  items
    .map((item, i) => ({ item, at: Math.imul(i + 1, 2_654_435_761 ^ seed) >>> 0 }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);

describe("what the trials are called, in which order they come and in which unit does not count", () => {
  test("cross-validation and walk-forward", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 9 }), fc.integer({ min: 60, max: 150 }), (seed, count, periods) => {
        const rows = noise(count, periods, (trial) => trial / 5000, seed);
        const mixed = shuffled(rows, seed);
        const groups = { groups: 6, testGroups: 2, labelHorizon: 1, embargo: 2 };
        const steps = { anchor: "rolling", train: 3, folds: 4, labelHorizon: 1 } as const;
        expect(symmetricValidation(mixed, 6)).toEqual(symmetricValidation(rows, 6));
        expect(combinatorialValidation(mixed, groups)).toEqual(combinatorialValidation(rows, groups));
        expect(walk(mixed, steps)).toEqual(walk(rows, steps));
        const halved = rows.map((row) => row.map((value) => value / 2));
        expect(symmetricValidation(halved, 6)).toEqual(symmetricValidation(rows, 6));
        expect(walk(halved, steps)).toEqual(walk(rows, steps));
      }),
      { numRuns: 30 },
    );
  });

  test("the reality check", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 8 }), (seed, count) => {
        const rows = noise(count, 90, (trial) => trial / 3000, seed);
        const how = { blockLength: 3, resamples: 60, key: seed };
        const mixed = shuffled(rows, seed);
        const straight = maxStatistic(rows, { ...how, own: 1 });
        expect(maxStatistic(mixed, { ...how, own: mixed.indexOf(rows[1]!) })).toEqual(straight);
        const doubled = rows.map((row) => row.map((value) => 2 * value));
        expect(maxStatistic(doubled, { ...how, own: 1 })).toEqual(straight);
      }),
      { numRuns: 30 },
    );
  });
});

describe("symmetric cross-validation", () => {
  test("a trial that is better throughout is never overfit, and noise is about half the time", () => {
    const better = symmetricValidation(
      noise(20, 640, (trial) => (trial === 7 ? 0.02 : 0)),
      8,
    );
    expect(better).toMatchObject({ splits: 70, overfitting: 0, loss: 0 });
    let sum = 0;
    for (let seed = 1; seed <= 20; seed++)
      sum += symmetricValidation(
        noise(20, 640, () => 0, seed),
        8,
      ).overfitting;
    expect(sum / 20).toBeGreaterThan(0.35);
    expect(sum / 20).toBeLessThan(0.65);
  });

  test("a trial that is best in every half of its own and worst in the other is always overfit", () => {
    // Each trial gains in two blocks of four and loses in the others: whatever half it is best in, the other half is its worst.
    const halves = [0b0011, 0b0101, 0b1001, 0b0110, 0b1010, 0b1100];
    const rows = halves.map((half) =>
      Float64Array.from({ length: 80 }, (_, t) => ((half >> Math.floor(t / 20)) & 1 ? 1 : -1) * 0.01 + 0.001 * (t % 2)),
    );
    expect(symmetricValidation(rows, 4)).toMatchObject({ splits: 6, overfitting: 1, loss: 1 });
  });

  test("every split comes with its mirror image: what is chosen in and judged in are the same halves", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [row] = noise(1, 100, () => 0.001, seed);
        const { inSample, outOfSample, overfitting } = symmetricValidation([row!, row!], 6);
        // Of two that are the same each is in the middle: nothing was gained by choosing.
        expect(overfitting).toBe(1);
        expect(Math.abs(inSample - outOfSample)).toBeLessThan(1e-12);
      }),
      { numRuns: 20 },
    );
  });

  test("trials that never traded have a Sharpe ratio of zero, not of rounding", () => {
    const flat = new Float64Array(120);
    const lossy = noise(1, 120, () => -0.01)[0]!;
    const found = symmetricValidation([lossy, flat, flat], 6);
    expect(found).toMatchObject({ inSample: 0, outOfSample: 0, loss: 0 });
  });
});

describe("purged training", () => {
  const purge = fc.record({ labelHorizon: fc.nat(6), embargo: fc.nat(6) });

  test("keeps just what is far enough from every test", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 60 }),
        fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 4 }),
        purge,
        (periods, picked, how) => {
          const tests = [...picked]
            .sort((a, b) => a - b)
            .map((part) => ({ from: Math.floor((part * periods) / 6), to: Math.floor(((part + 1) * periods) / 6) }));
          const kept = new Set(
            purgedTraining(periods, tests, how).flatMap(({ from, to }) =>
              Array.from({ length: to - from }, (_, i) => from + i),
            ),
          );
          for (let t = 0; t < periods; t++) {
            const free = tests.every(
              ({ from, to }) => t < from - how.labelHorizon || t >= to + how.labelHorizon + how.embargo,
            );
            expect(kept.has(t), `period ${t}`).toBe(free);
          }
          expect(lengthOf(purgedTraining(periods, tests, how))).toBe(kept.size);
        },
      ),
    );
  });

  test("costs the horizon on both sides of a test, and the embargo after it", () => {
    const rows = noise(2, 240);
    const leastTraining = (labelHorizon: number, embargo: number): number =>
      combinatorialValidation(rows, { groups: 6, testGroups: 2, labelHorizon, embargo }).leastTraining;
    expect(leastTraining(0, 0)).toBe(160);
    expect(leastTraining(3, 0)).toBe(160 - 2 * (3 + 3));
    expect(leastTraining(3, 4)).toBe(160 - 2 * (3 + 3 + 4));
  });
});

describe("the stationary bootstrap", () => {
  test("resamples are as long as the series, and their blocks as long on average as was stated", () => {
    for (const blockLength of [1, 3, 12]) {
      let [blocks, filled, whole] = [0, 0, 0];
      for (const { starts, lengths, count } of stationaryResamples({
        periods: 300,
        blockLength,
        resamples: 300,
        key: 5,
      })) {
        let sum = 0;
        for (let i = 0; i < count; i++) {
          sum += lengths[i]!;
          expect(starts[i]! >= 0 && starts[i]! < 300 && lengths[i]! >= 1).toBe(true);
        }
        expect(sum).toBe(300);
        // The last block is cut to fit.
        blocks += count - 1;
        filled += sum - lengths[count - 1]!;
        whole++;
      }
      expect(whole).toBe(300);
      expect(filled / blocks / blockLength).toBeGreaterThan(0.9);
      expect(filled / blocks / blockLength).toBeLessThan(1.1);
    }
  });

  test("a resample is a function of its key and index, whatever the number of resamples", () => {
    const plan = (resamples: number, key: number): string[] => {
      const found: string[] = [];
      for (const { starts, lengths, count } of stationaryResamples({ periods: 40, blockLength: 4, resamples, key }))
        found.push(`${starts.slice(0, count)} ${lengths.slice(0, count)}`);
      return found;
    };
    expect(new Set(plan(9, 1)).size).toBe(9);
    expect(plan(5, 1)).toEqual(plan(9, 1).slice(0, 5));
    expect(plan(5, 2)).not.toEqual(plan(5, 1));
  });

  test("the interval of the mean has about the width that the long-run deviation gives, and blocks widen it for a trend", () => {
    const [row] = noise(1, 1000, () => 0.001);
    const smooth = row!.map((_, t) => ((row![t] ?? 0) + (row![t - 1] ?? 0) + (row![t - 2] ?? 0)) / 3);
    const width = (blockLength: number): number => {
      const { mean } = resampledFigures(smooth, { blockLength, resamples: 600, key: 3 });
      return quantileOf(mean, 0.975) - quantileOf(mean, 0.025);
    };
    const deviation = Math.sqrt(smooth.reduce((sum, value) => sum + (value - 0.001) ** 2, 0) / 1000);
    expect(width(1)).toBeGreaterThan((0.9 * 3.92 * deviation) / Math.sqrt(1000));
    expect(width(1)).toBeLessThan((1.1 * 3.92 * deviation) / Math.sqrt(1000));
    expect(width(20)).toBeGreaterThan(1.4 * width(1));
  });
});

describe("the reality check", () => {
  const how = { own: 0, blockLength: 2, resamples: 200, key: 9 };

  test("the bounds of the superior predictive ability stand around it", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { lower, consistent, upper } = maxStatistic(
          noise(6, 80, (trial) => (trial - 4) / 400, seed),
          how,
        );
        expect(lower).toBeLessThanOrEqual(consistent);
        expect(consistent).toBeLessThanOrEqual(upper);
      }),
      { numRuns: 25 },
    );
  });

  test("bad company hides a good trial from White, but not from Hansen", () => {
    const good = noise(1, 250, () => 0.0025);
    const bad = noise(40, 250, () => -0.02, 77).map((row) => row.map((value) => 4 * value));
    const alone = maxStatistic(good, how);
    const among = maxStatistic([...good, ...bad], how);
    expect(alone.realityCheck).toBeLessThan(0.05);
    expect(among.realityCheck).toBeGreaterThan(0.3);
    expect(among.consistent).toBeLessThan(0.05);
  });

  test("the best of many worthless trials passes in about as many worlds as it should", () => {
    let [plain, best] = [0, 0];
    for (let seed = 1; seed <= 120; seed++) {
      const rows = noise(15, 120, () => 0, seed * 7919);
      if (maxStatistic(rows, { ...how, resamples: 99, key: seed }).consistent <= 0.1) best++;
      if (maxStatistic([rows[0]!], { ...how, resamples: 99, key: seed }).own <= 0.1) plain++;
    }
    for (const count of [plain, best]) {
      expect(count).toBeGreaterThanOrEqual(3);
      expect(count).toBeLessThanOrEqual(26);
    }
  });

  test("a trial that never traded is neither the best nor proof of anything", () => {
    const flat = new Float64Array(120);
    expect(maxStatistic([flat, flat], how)).toEqual({ realityCheck: 1, lower: 1, consistent: 1, upper: 1, own: 1 });
  });
});
