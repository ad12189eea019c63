import { readFileSync } from "node:fs";
import { minTrackRecordLength } from "@qmtl/evaluator-standard";
import { describe, expect, test } from "vitest";
import { automaticBlockLength } from "./block-length.ts";
import { combinatorialValidation } from "./cpcv.ts";
import { symmetricValidation } from "./cscv.ts";
import { longRunDeviation, type MaxStatistic, maxStatistic } from "./max-statistic.ts";
import { keyOf, philox } from "./philox.ts";
import { quantileOf } from "./quantile.ts";
import { resampledFigures } from "./resampled-figures.ts";
import { type Anchor, walk } from "./walk.ts";

interface GoldenSet {
  readonly name: string;
  readonly trials: readonly number[][];
  readonly cscv: readonly (ReturnType<typeof symmetricValidation> & { readonly blocks: number })[];
  readonly cpcv: readonly {
    readonly groups: number;
    readonly testGroups: number;
    readonly labelHorizon: number;
    readonly embargo: number;
    readonly paths: readonly number[];
    readonly tests: readonly number[];
    readonly leastTraining: number;
  }[];
  readonly walk: readonly {
    readonly anchor: Anchor;
    readonly train: number;
    readonly folds: number;
    readonly labelHorizon: number;
    readonly sharpe: number;
    readonly efficiency: number | null;
    readonly gained: number;
  }[];
  readonly key: number;
  readonly blockLengths: readonly number[];
  readonly interval: readonly {
    readonly blockLength: number;
    readonly sharpe: readonly number[];
    readonly mean: readonly number[];
    readonly drawdown: readonly number[];
  }[];
  readonly longRun: readonly { readonly blockLength: number; readonly deviations: readonly number[] }[];
  readonly reality: readonly (MaxStatistic & { readonly blockLength: number })[];
}

interface Golden {
  readonly sets: readonly GoldenSet[];
  readonly philox: readonly {
    readonly key: number;
    readonly low: number;
    readonly high: number;
    readonly words: readonly number[];
  }[];
  readonly persistent: { readonly values: readonly number[]; readonly blockLength: number };
  readonly trackRecord: readonly {
    readonly sharpe: number;
    readonly benchmark: number;
    readonly skew: number;
    readonly kurtosis: number;
    readonly confidence: number;
    readonly periodsPerYear: number;
    readonly years: number;
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL("../../../../fixtures/golden/evaluation/overfitting.json", import.meta.url), "utf8"),
) as Golden;

function close(actual: number, expected: number, what = ""): void {
  const gap = Math.abs(actual - expected);
  expect(gap, `${what} ${actual} against ${expected}`).toBeLessThanOrEqual(1e-9 * Math.max(1e-3, Math.abs(expected)));
}

function allClose(actual: ArrayLike<number>, expected: readonly number[], what = ""): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    close(actual[i]!, value, `${what}[${i}]`);
  });
}

describe.each(golden.sets)("agrees with numpy and scipy: $name", (set) => {
  const rows = set.trials.map((row) => Float64Array.from(row));

  test.each(set.cscv)("cross-validation of $blocks blocks", ({ blocks, ...expected }) => {
    const found = symmetricValidation(rows, blocks);
    for (const [name, value] of Object.entries(expected)) close(found[name as keyof typeof found], value, name);
  });

  test.each(set.cpcv)("$testGroups of $groups groups tested, purge $labelHorizon, embargo $embargo", (expected) => {
    const found = combinatorialValidation(rows, expected);
    allClose(found.paths, expected.paths, "paths");
    allClose(found.tests, expected.tests, "tests");
    expect(found.leastTraining).toBe(expected.leastTraining);
  });

  test.each(set.walk)("$anchor walk of $folds tests after $train", (expected) => {
    const found = walk(rows, expected);
    close(found.sharpe, expected.sharpe);
    if (expected.efficiency === null) expect(found.efficiency).toBeNaN();
    else close(found.efficiency, expected.efficiency);
    close(found.gained, expected.gained);
  });

  test("block lengths and keys", () => {
    allClose(rows.map(automaticBlockLength), set.blockLengths);
    expect(keyOf(rows[1]!)).toBe(set.key);
  });

  test.each(set.interval)("quantiles of resamples in blocks of $blockLength", ({ blockLength, ...expected }) => {
    const found = resampledFigures(rows[1]!, { blockLength, resamples: 150, key: set.key });
    for (const name of ["sharpe", "mean", "drawdown"] as const)
      allClose(
        [0, 0.025, 0.5, 0.95, 0.975, 1].map((share) => quantileOf(found[name], share)),
        expected[name],
        name,
      );
  });

  test.each(set.longRun)("long-run deviations at blocks of $blockLength", ({ blockLength, deviations }) => {
    const centered = rows.map((row) => {
      const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
      return row.map((value) => value - mean);
    });
    allClose(
      centered.map((row) => longRunDeviation(row, 1 / blockLength)),
      deviations,
    );
  });

  test.each(set.reality)("reality check and its kin at blocks of $blockLength", ({ blockLength, ...expected }) => {
    const found = maxStatistic(rows, { own: 1, blockLength, resamples: 199, key: set.key });
    expect(found).toEqual(expected);
  });
});

test("Philox gives the published words for the published keys and counters", () => {
  const words = new Uint32Array(2);
  const published = ["ff1dae59 6cd10df2", "2c3f628b ab4fd7ad", "dd7ce038 f62a4c12"];
  golden.philox.forEach(({ key, low, high, words: expected }, i) => {
    philox(key, low, high, words);
    expect([...words]).toEqual(expected);
    expect([...words].map((word) => word.toString(16).padStart(8, "0")).join(" ")).toBe(published[i]);
  });
});

test("a series that remembers long gets long blocks", () => {
  const found = automaticBlockLength(Float64Array.from(golden.persistent.values));
  close(found, golden.persistent.blockLength);
  expect(found).toBeGreaterThan(15);
});

describe("minimum track record length, as worked out by its authors", () => {
  test.each(golden.trackRecord)("Sharpe ratio 2 against 1 at $periodsPerYear periods a year", (example) => {
    const perPeriod = Math.sqrt(example.periodsPerYear);
    const figure = minTrackRecordLength(
      { sharpe: example.sharpe / perPeriod, skew: example.skew, kurtosis: example.kurtosis },
      { benchmark: example.benchmark / perPeriod, confidence: example.confidence },
    );
    close(figure.kind === "value" ? figure.value / example.periodsPerYear : Number.NaN, example.years);
  });

  test("the printed digits", () => {
    expect(golden.trackRecord[0]?.years.toFixed(4)).toBe("2.7312");
    expect(((golden.trackRecord[2]?.years ?? 0) * 12).toFixed(3)).toBe("59.895");
  });
});
