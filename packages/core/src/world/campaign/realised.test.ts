import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trialStatistics } from "../../evaluation/trial-statistics.ts";
import { DAY, START, sampleRealised, sampleSubmission, sampleWorld } from "../sample.test.kit.ts";
import { judgeRealised, realisedReturns } from "./realised.ts";

const BOUNDS = { minRatio: 0.5, maxShortfall: 2 };
const BACKTEST = { evalKey: "e", periods: 500, sharpe: 0.1, skew: 0, kurtosis: 3 };
const rules = { minSamples: 20, bounds: BOUNDS };

/** Returns whose Sharpe ratio is exactly `sharpe`. */
function returnsOf(sharpe: number, count: number): Float64Array {
  const wave = Array.from({ length: count }, (_, i) => Math.sin(i * 1.7) + Math.cos(i * 0.3));
  const mean = wave.reduce((sum, value) => sum + value, 0) / count;
  const deviation = Math.sqrt(wave.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1));
  return Float64Array.from(wave, (value) => 0.01 * ((value - mean) / deviation + sharpe));
}

describe("beside its backtest", () => {
  test("what reaches the ratio speaks for it", () => {
    expect(judgeRealised(returnsOf(0.051, 40), BACKTEST, rules)).toMatchObject({
      verdict: "pass",
      findings: [
        { rule: "samples", verdict: "pass", metric: "realised_samples", value: 40, bound: 20, distance: 20 },
        { rule: "shortfall", verdict: "pass", metric: "realised_sharpe_shortfall", bound: 2 },
        { rule: "ratio", verdict: "pass", metric: "realised_sharpe", bound: 0.05 },
      ],
    });
  });

  test("what is below it by no more than noise speaks neither for nor against", () => {
    const { verdict, reason, findings } = judgeRealised(returnsOf(0.02, 40), BACKTEST, rules);
    expect(verdict).toBe("inconclusive");
    expect(findings.at(-1)?.distance).toBeCloseTo(0.03, 9);
    expect(reason).toBe("Its Sharpe ratio per period of 0.02 is below the 0.05 that the backtest asks for");
  });

  test("what is below it by more than noise speaks against it", () => {
    const { verdict, reason } = judgeRealised(returnsOf(-0.4, 60), BACKTEST, rules);
    expect(verdict).toBe("fail");
    expect(reason).toMatch(
      /^Its Sharpe ratio per period of -0\.4 is 3\.\d+ standard errors below the backtest's 0\.1, more than 2$/,
    );
  });

  test("a backtest that lost has to be reached in full", () => {
    const lost = { ...BACKTEST, sharpe: -0.1 };
    expect(judgeRealised(returnsOf(-0.11, 40), lost, rules).verdict).toBe("inconclusive");
    expect(judgeRealised(returnsOf(-0.09, 40), lost, rules).verdict).toBe("pass");
  });

  test.each([
    ["too few samples", returnsOf(1, 19), BACKTEST, "It has realised 19 of at least 20 periods: 1 more to go"],
    ["nothing realised", new Float64Array(0), BACKTEST, "It has realised 0 of at least 20 periods: 20 more to go"],
    ["no variation", new Float64Array(40), BACKTEST, "What it realised does not vary, so it has no Sharpe ratio"],
    [
      "a backtest without a Sharpe ratio",
      returnsOf(1, 40),
      { evalKey: "e", periods: 9 },
      "The backtest has no Sharpe ratio to compare with",
    ],
    ["an unknown backtest", returnsOf(1, 40), undefined, "The backtest has no Sharpe ratio to compare with"],
  ])("%s is inconclusive", (_, returns, backtest, reason) => {
    expect(judgeRealised(returns, backtest, rules)).toMatchObject({ verdict: "inconclusive", reason });
  });

  test("a drawdown that is too deep speaks against it, however few the samples", () => {
    const bounds = { ...BOUNDS, maxDrawdown: 0.1 };
    const judged = judgeRealised(Float64Array.of(0.05, -0.08, -0.05), BACKTEST, { minSamples: 20, bounds });
    expect(judged.verdict).toBe("fail");
    expect(judged.findings[0]).toMatchObject({ rule: "drawdown", metric: "realised_max_drawdown", bound: 0.1 });
    expect(judged.findings[0]?.value).toBeCloseTo(0.126, 12);
    expect(judgeRealised(Float64Array.of(0.05, -0.08), BACKTEST, { minSamples: 20, bounds }).verdict).toBe(
      "inconclusive",
    );
  });

  test("the scale of the capital makes no difference", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.integer({ min: -500, max: 500 }).map((basis) => basis / 10_000),
          { minLength: 20, maxLength: 80 },
        ),
        fc.constantFrom(0.25, 0.5, 2),
        (returns, scale) => {
          const one = judgeRealised(Float64Array.from(returns), BACKTEST, rules);
          const other = judgeRealised(
            Float64Array.from(returns, (value) => value * scale),
            BACKTEST,
            rules,
          );
          expect(other.verdict).toBe(one.verdict);
        },
      ),
    );
  });

  test("the standard errors are those of an independent implementation", () => {
    const golden: readonly { readonly backtest: number[]; readonly realised: number[]; readonly shortfall: number }[] =
      JSON.parse(
        readFileSync(new URL("../../../../../fixtures/golden/campaign/shortfall.json", import.meta.url), "utf8"),
      );
    expect(golden.length).toBeGreaterThan(3);
    for (const { backtest, realised, shortfall } of golden) {
      const statistics = trialStatistics("e", Float64Array.from(backtest));
      const { findings } = judgeRealised(Float64Array.from(realised), statistics, rules);
      expect(findings.find(({ rule }) => rule === "shortfall")?.value).toBeCloseTo(shortfall, 9);
    }
  });
});

describe("which returns count", () => {
  const config = sampleWorld();
  const { strategy, version, params } = sampleSubmission(config, { strategy: "a" }).evaluation;
  const of = { strategy, version, params, domain: "dryrun", period: START + 9 * DAY, window: 3 } as const;
  const journal = (...accounts: readonly (readonly ReturnType<typeof sampleRealised>[number][])[]) =>
    new Map(accounts.map((records, i) => [`${i}`, records]));
  const own = sampleRealised(config, { strategy: "a", from: START, returns: [1, 2, 3, 4] });

  test("the newest of the window, up to the period", () => {
    expect([...realisedReturns(journal(own), of)]).toEqual([2, 3, 4]);
    expect([...realisedReturns(journal(own), { ...of, period: START + DAY })]).toEqual([1, 2]);
  });

  test.each([
    ["another domain", { domain: "live" as const }],
    ["a replay of recorded bars", { feed: "replay" as const }],
    ["another version", { code: "2" }],
    ["other params", { params: { fast: 3 } }],
    ["another strategy", { strategy: "b" }],
  ])("not those of %s", (_, other) => {
    const records = sampleRealised(config, { strategy: "a", from: START, returns: [1], ...other });
    expect([...realisedReturns(journal(records), of)]).toEqual([]);
  });

  test("a period that two accounts realised counts once", () => {
    const second = sampleRealised(config, { strategy: "a", from: START + 3 * DAY, returns: [9, 5] });
    expect([...realisedReturns(journal(own, second), of)]).toEqual([3, 4, 5]);
  });
});
