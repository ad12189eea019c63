import { readFileSync } from "node:fs";
import type { EvaluationInput, TradeRecord, TrialStatistics } from "@qmtl/core/plugin";
import { describe, expect, test } from "vitest";
import { deflatedSharpe, expectedMaximumSharpe } from "./deflated-sharpe.ts";
import { equityLinearityV1, equityLinearityV2 } from "./equity-linearity.ts";
import { STANDARD_METRICS } from "./metrics.ts";
import { normalCdf, normalQuantile } from "./normal.ts";
import { minTrackRecordLength } from "./probabilistic-sharpe.ts";
import { sampleOf } from "./sample.ts";

interface GoldenSample {
  readonly name: string;
  readonly returns: number[];
  readonly equity: number[];
  readonly exposure: number[];
  readonly turnover: number;
  readonly trades: readonly { readonly profit: number; readonly open: boolean }[];
  readonly periodsPerYear: number;
  readonly trials: readonly TrialStatistics[];
  readonly minTrialPeriods: number;
  readonly expected: Readonly<Record<string, number | null>>;
}

type Numbers<K extends string> = Readonly<Record<K, number>>;

interface Golden {
  readonly samples: readonly GoldenSample[];
  readonly papers: {
    readonly deflated: readonly Numbers<
      "sharpe" | "periods" | "skew" | "kurtosis" | "trials" | "variance" | "benchmark" | "probability"
    >[];
    readonly minTrackRecord: readonly Numbers<
      "sharpe" | "benchmark" | "skew" | "kurtosis" | "confidence" | "periodsPerYear" | "periods"
    >[];
    readonly normal: readonly Numbers<"x" | "cdf">[];
    readonly quantile: readonly Numbers<"p" | "x">[];
  };
  readonly curves: readonly {
    readonly values: number[];
    readonly v1: Readonly<Record<string, number>>;
    readonly v2: Readonly<Record<string, number>>;
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL("../../../../fixtures/golden/evaluation/metrics.json", import.meta.url), "utf8"),
) as Golden;

function inputOf(sample: GoldenSample): EvaluationInput {
  return {
    times: Float64Array.from(sample.returns, (_, i) => i),
    equity: Float64Array.from(sample.equity),
    returns: Float64Array.from(sample.returns),
    exposure: Float64Array.from(sample.exposure),
    turnover: sample.turnover,
    trades: sample.trades.map(
      (trade): TradeRecord => ({
        symbol: "X",
        side: "long",
        entryTime: 0,
        exitTime: 1,
        quantity: 1,
        entryPrice: 1,
        exitPrice: 1,
        fees: 0,
        bars: 1,
        ...trade,
      }),
    ),
    periodsPerYear: sample.periodsPerYear,
    trials: sample.trials,
    self: "self",
    minTrialPeriods: sample.minTrialPeriods,
    evidence: "backtest",
  };
}

function close(actual: number, expected: number): void {
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(
    1e-9 * Math.max(1e-3, Math.abs(expected)),
  );
}

describe("metrics agree with numpy and scipy", () => {
  test("the golden file has every metric", () => {
    for (const sample of golden.samples)
      expect(Object.keys(sample.expected).sort()).toEqual(
        STANDARD_METRICS.map(({ name }) => name)
          .filter((name) => name !== "equity_linearity")
          .sort(),
      );
  });

  for (const golds of golden.samples)
    for (const metric of STANDARD_METRICS.filter(({ name }) => name !== "equity_linearity"))
      test(`${metric.name}: ${golds.name}`, () => {
        const figure = metric.of(sampleOf(inputOf(golds)));
        const expected = golds.expected[metric.name];
        if (expected === null || expected === undefined) expect(figure.kind).toBe("undefined");
        else if (figure.kind === "undefined") expect.fail(figure.because);
        else close(figure.value, expected);
      });
});

describe("worked examples of Bailey and López de Prado", () => {
  test.each(golden.papers.deflated)("deflated Sharpe ratio of $trials trials", (example) => {
    const { trials, variance, periods } = example;
    const benchmark = expectedMaximumSharpe(trials, variance);
    close(benchmark, example.benchmark);
    const figure = deflatedSharpe(example, periods, { trials, variance, basis: "ledger", benchmark });
    close(figure.kind === "value" ? figure.value : Number.NaN, example.probability);
  });

  test("the published figures, to the digits printed", () => {
    expect(golden.papers.deflated.map(({ probability }) => probability.toFixed(6))).toEqual([
      "0.900397",
      "0.950502",
      "0.950491",
    ]);
    expect(golden.papers.deflated[0]?.benchmark.toFixed(6)).toBe("0.113172");
    expect(golden.papers.minTrackRecord[0]!.periods / 252).toBeCloseTo(2.73, 2);
    expect(golden.papers.minTrackRecord[1]!.periods / 12).toBeCloseTo(4.99, 2);
  });

  test.each(golden.papers.minTrackRecord)("minimum track record at $periodsPerYear periods a year", (example) => {
    const figure = minTrackRecordLength(example, example);
    close(figure.kind === "value" ? figure.value : Number.NaN, example.periods);
  });
});

describe("the normal distribution keeps its digits as far out as ten million trials", () => {
  test.each(golden.papers.normal)("cdf($x)", ({ x, cdf }) => {
    expect(Math.abs(normalCdf(x) / cdf - 1)).toBeLessThan(1e-12);
  });
  test.each(golden.papers.quantile)("quantile($p)", ({ p, x }) => {
    expect(Math.abs(normalQuantile(p) - x)).toBeLessThan(1e-9);
  });
});

describe("equity linearity agrees with scipy's regression and rank correlation", () => {
  for (const [i, curve] of golden.curves.entries()) {
    test(`first recipe, curve ${i}`, () => {
      const actual = equityLinearityV1(Float64Array.from(curve.values));
      for (const [name, value] of Object.entries(actual)) close(value, curve.v1[name]!);
    });
    test(`second recipe, curve ${i}`, () => {
      const actual = equityLinearityV2(Float64Array.from(curve.values));
      for (const [name, value] of Object.entries(actual)) close(value, curve.v2[name]!);
    });
  }
});
