import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Square } from "./cholesky.ts";
import { denoisedCovariance } from "./covariance/denoised.ts";
import { ewmaCovariance } from "./covariance/ewma.ts";
import { shrinkToConstantCorrelation, shrinkToIdentity } from "./covariance/ledoit-wolf.ts";
import { sampleCovariance } from "./covariance/sample.ts";
import * as allocators from "./index.ts";
import { explainBy, inputOf, nameOf, sharesBy } from "./sample.test.kit.ts";

interface Golden {
  readonly returns: readonly number[][];
  readonly covariances: Readonly<
    Record<"sample" | "ledoitWolf" | "identity" | "ewma" | "denoised", readonly number[][]>
  >;
  readonly figures: { readonly ledoitWolf: number; readonly identity: number; readonly signals: number };
  readonly inverseVolatility: readonly number[];
  readonly riskParity: readonly number[];
  readonly riskBudgets: readonly number[];
  readonly hierarchical: Readonly<Record<"single" | "complete" | "average", readonly number[]>>;
  readonly minimumVariance: readonly number[];
  readonly minimumVarianceCapped: { readonly shares: readonly number[]; readonly groupMultiplier: number };
  readonly meanVariance: readonly number[];
  readonly meanVarianceShrunk: readonly number[];
  readonly maximumDiversification: readonly number[];
  readonly kelly: readonly number[];
  readonly blackLitterman: readonly number[];
  readonly cvar: { readonly value: number; readonly shares: readonly number[] };
  readonly turnover: { readonly objective: number; readonly shares: readonly number[] };
}

const golden = JSON.parse(
  readFileSync(new URL("../../../../fixtures/golden/allocation/portfolios.json", import.meta.url), "utf8"),
) as readonly Golden[];

function allClose(actual: ArrayLike<number>, expected: readonly number[], tolerance = 1e-9): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i]! - value), `[${i}] ${actual[i]} against ${value}`).toBeLessThanOrEqual(tolerance);
  });
}

/** To one part in 1e9 of the largest entry. */
function sameMatrix({ values }: Square, expected: readonly number[][]): void {
  const flat = expected.flat();
  allClose(values, flat, 1e-9 * Math.max(...flat));
}

describe.each(golden.map((one, i) => ({ name: `portfolio ${i}`, ...one })))(
  "agrees with numpy and scipy: $name",
  (of) => {
    const series = of.returns.map((row) => Float64Array.from(row));
    const input = inputOf(series);
    const plain = { covariance: { estimator: "sample" } };
    const { covariances, figures } = of;

    test("covariances", () => {
      sameMatrix(sampleCovariance(series), covariances.sample);
      const shrunk = shrinkToConstantCorrelation(series);
      sameMatrix(shrunk.covariance, covariances.ledoitWolf);
      allClose([shrunk.shrinkage], [figures.ledoitWolf]);
      const toIdentity = shrinkToIdentity(series);
      sameMatrix(toIdentity.covariance, covariances.identity);
      allClose([toIdentity.shrinkage], [figures.identity]);
      sameMatrix(ewmaCovariance(series, 40), covariances.ewma);
      const clean = denoisedCovariance(series);
      sameMatrix(clean.covariance, covariances.denoised);
      expect(clean.signals).toBe(figures.signals);
    });

    test("closed forms and trees", () => {
      allClose(sharesBy(allocators.inverseVolatility, input, plain), of.inverseVolatility);
      for (const linkage of ["single", "complete", "average"] as const)
        allClose(sharesBy(allocators.hierarchicalRiskParity, input, { ...plain, linkage }), of.hierarchical[linkage]);
    });

    test("risk parity, equal and by budgets", () => {
      allClose(sharesBy(allocators.riskParity, input, plain), of.riskParity);
      const budgets = Object.fromEntries(series.map((_, i) => [nameOf(i), i + 1]));
      allClose(sharesBy(allocators.riskParity, input, { ...plain, budgets }), of.riskBudgets);
    });

    test("quadratic programs", () => {
      allClose(sharesBy(allocators.minimumVariance, input, plain), of.minimumVariance);
      allClose(sharesBy(allocators.maximumDiversification, input, plain), of.maximumDiversification);
      const sample = { ...plain, means: "sample" };
      allClose(sharesBy(allocators.meanVariance, input, { ...sample, aversion: 5 }), of.meanVariance);
      allClose(sharesBy(allocators.meanVariance, input, { ...plain, aversion: 5 }), of.meanVarianceShrunk);
      allClose(sharesBy(allocators.fractionalKelly, input, { ...sample, fraction: 0.25 }), of.kelly);
    });

    test("limits, and the multiplier of the group's", () => {
      const limits = { max: 0.4, groups: { first: { members: [nameOf(0), nameOf(1)], max: 0.35 } } };
      const found = explainBy(allocators.minimumVariance, input, { ...plain, limits });
      allClose(
        found.shares.map(({ share }) => share),
        of.minimumVarianceCapped.shares,
      );
      const group = found.binding.find(({ name }) => name === "max of group first");
      allClose([group?.multiplier ?? 0], [of.minimumVarianceCapped.groupMultiplier], 1e-12);
    });

    test("a limit on turnover", () => {
      const held = series.map(() => 1 / series.length);
      const found = explainBy(allocators.minimumVariance, inputOf(series, { held }), {
        ...plain,
        limits: { turnover: 0.3 },
      });
      // The reference stops at about 1e-6: ours must not be worse, and can't be much better.
      allClose(
        found.shares.map(({ share }) => share),
        of.turnover.shares,
        1e-5,
      );
      expect(found.figures["turnover"]).toBeLessThanOrEqual(0.3 + 1e-9);
      const { volatility = Number.NaN } = found.figures;
      expect(volatility ** 2 / 2).toBeLessThanOrEqual(of.turnover.objective * (1 + 1e-9));
    });

    test("views", () => {
      const views = [
        { of: { [nameOf(0)]: 1 }, yearly: 0.1, confidence: 0.6 },
        { of: { [nameOf(1)]: 1, [nameOf(2)]: -1 }, yearly: 0.05, confidence: 0.3 },
      ];
      const prior = { [nameOf(1)]: 2 };
      allClose(sharesBy(allocators.blackLitterman, input, { ...plain, views, prior }), of.blackLitterman);
    });

    test("conditional value at risk", () => {
      const found = explainBy(allocators.minimumCvar, input, { ...plain, confidence: 0.9, limits: { max: 0.6 } });
      allClose([found.figures["cvar"] ?? Number.NaN], [of.cvar.value], 1e-12);
      allClose(
        found.shares.map(({ share }) => share),
        of.cvar.shares,
        1e-8,
      );
    });
  },
);
