import { describe, expect, test } from "vitest";
import { bootstrap } from "./bootstrap.ts";
import { crossValidation } from "./cross-validation.ts";
import { pbo } from "./pbo.ts";
import { realityCheck } from "./reality-check.ts";
import { besides, evaluateBy, noise, numberOf, trialReturns } from "./sample.test.kit.ts";
import { trackRecord } from "./track-record.ts";
import { walkForward } from "./walk-forward.ts";

const trialBased = [pbo, crossValidation, walkForward, realityCheck] as const;
const rows = noise(12, 300, (trial) => trial / 8000);

describe("evidence from trials", () => {
  test.each(trialBased)("$use: figures, and a check that says what they rest on", async (plugin) => {
    const { metrics, checks } = await evaluateBy(plugin as typeof pbo, besides(rows));
    for (const [name, figure] of Object.entries(metrics)) expect(figure.kind, name).toBe("value");
    expect(Object.values(checks)).toEqual([
      { verdict: "pass", reason: expect.stringContaining("12 trials of the strategy over 300 common periods") },
    ]);
  });

  test.each(trialBased)("$use: says how many trials are missing, and why", async (plugin) => {
    const input = besides(rows);
    const leftOut = { declared: 1, lost: 2, apart: 3, capped: 4 };
    const { checks } = await evaluateBy(plugin as typeof pbo, {
      ...input,
      trialReturns: trialReturns(rows, input.times, leftOut),
    });
    expect(Object.values(checks)[0]?.reason).toContain(
      "; left out: 2 whose returns were not kept, 3 that share less than half of the run's periods, 4 beyond the most that are read, 1 that were declared",
    );
  });

  test.each([
    [pbo, 127, "it takes 128"],
    [crossValidation, 199, "it takes 200"],
    [walkForward, 239, "it takes 240"],
    [realityCheck, 99, "it takes 100"],
  ])("$0.use: a short history is inconclusive, and no figure is given", async (plugin, periods, why) => {
    const { metrics, checks } = await evaluateBy(plugin as typeof pbo, besides(noise(12, periods)));
    const reason = `${periods} periods that all 12 trials have are too few: ${why}`;
    expect(Object.values(checks)).toEqual([{ verdict: "inconclusive", reason }]);
    for (const figure of Object.values(metrics)) expect(figure).toEqual({ kind: "undefined", because: reason });
    const enough = await evaluateBy(plugin as typeof pbo, besides(noise(12, periods + 1)));
    expect(Object.values(enough.checks)[0]?.verdict).toBe("pass");
  });

  test.each([
    [pbo, 9, 10],
    [crossValidation, 1, 2],
    [walkForward, 1, 2],
  ])("$0.use: few trials are inconclusive", async (plugin, count, least) => {
    const { checks } = await evaluateBy(plugin as typeof pbo, besides(noise(count, 300)));
    const said = `${count} trial${count === 1 ? " of the strategy is" : "s of the strategy are"} too few: it takes ${least}`;
    expect(Object.values(checks)).toEqual([{ verdict: "inconclusive", reason: said }]);
  });

  test("a reality check of one trial is a test of its mean", async () => {
    const good = await evaluateBy(realityCheck, besides(noise(1, 300, () => 0.003)));
    const idle = await evaluateBy(realityCheck, besides(noise(1, 300, () => -0.003)));
    expect(numberOf(good, "spa_p")).toBeLessThan(0.01);
    expect(numberOf(good, "spa_own_p")).toBe(numberOf(good, "spa_p"));
    expect(numberOf(idle, "spa_p")).toBe(1);
  });

  test("the benchmark is a return per year", async () => {
    const input = besides(noise(1, 300, () => 0.003));
    const hard = await evaluateBy(realityCheck, input, { benchmark: 0.003 * 252 * 2 });
    expect(numberOf(hard, "reality_check_p")).toBeGreaterThan(0.9);
  });

  test("a run whose sibling is good is not good itself", async () => {
    const result = await evaluateBy(realityCheck, besides(noise(2, 300, (trial) => (trial === 1 ? 0.004 : 0))));
    expect(numberOf(result, "spa_p")).toBeLessThan(0.01);
    expect(numberOf(result, "spa_own_p")).toBeGreaterThan(0.1);
  });

  test.each(trialBased)(
    "$use: declared, damaged or absent returns are inconclusive, with their reason",
    async (plugin) => {
      const reasonOf = async (change: Parameters<typeof besides>[1]): Promise<string | undefined> => {
        const { checks } = await evaluateBy(plugin as typeof pbo, besides(rows, change));
        expect(Object.values(checks)[0]?.verdict).toBe("inconclusive");
        return Object.values(checks)[0]?.reason;
      };
      expect(await reasonOf({ evidence: "declared" })).toMatch(/^Declared returns have no times/);
      expect(await reasonOf({ self: "another" })).toMatch(/^The run itself is not among/);
      const damaged = rows[0]!.slice();
      damaged[4] = Number.NaN;
      expect(await reasonOf({ returns: damaged })).toBe("The return of period 4 is NaN");
      const { trialReturns: _given, ...without } = besides(rows);
      const { checks } = await evaluateBy(plugin as typeof pbo, without);
      expect(Object.values(checks)[0]?.reason).toBe("The returns of the world's trials are not at hand");
    },
  );

  test.each(trialBased)("$use: needs the trials of the scope that it is told", async (plugin) => {
    for (const of of ["strategy", "world"] as const) {
      const checked = await plugin.config["~standard"].validate({ of });
      const { needs } = await plugin.setup({} as never, (checked as { value: never }).value);
      expect(needs).toEqual({ trialReturns: of });
    }
  });
});

describe("purge and embargo", () => {
  test("that leave too little to train on are inconclusive", async () => {
    const reasonOf = async (plugin: typeof crossValidation | typeof walkForward, config: object): Promise<unknown> =>
      Object.values((await evaluateBy(plugin as typeof crossValidation, besides(rows), config)).checks)[0];
    expect(await reasonOf(crossValidation, { embargo: 200 })).toEqual({
      verdict: "inconclusive",
      reason: "Purge and embargo leave 0 periods to train on in one of the splits: it takes 20",
    });
    expect(await reasonOf(walkForward, { labelHorizon: 90 })).toEqual({
      verdict: "inconclusive",
      reason: "The purge leaves 10 periods in front of the first test: it takes 20",
    });
  });
});

describe("walk-forward", () => {
  test("without a gain in training there is no efficiency", async () => {
    const result = await evaluateBy(walkForward, besides(noise(3, 300, () => -0.02)));
    expect(result.metrics["walk_forward_rolling_efficiency"]).toEqual({
      kind: "undefined",
      because: "the chosen trials gained nothing in their trainings",
    });
    expect(numberOf(result, "walk_forward_anchored_gained")).toBe(0);
  });

  test("trials that stay as good as they were keep what they promised", async () => {
    const steady = noise(3, 1200, (trial) => 0.002 * (trial + 1));
    const result = await evaluateBy(walkForward, besides(steady));
    for (const anchor of ["anchored", "rolling"])
      expect(Math.abs(numberOf(result, `walk_forward_${anchor}_efficiency`) - 1)).toBeLessThan(0.15);
  });
});

describe("bootstrap", () => {
  test("the interval holds the figure itself, and a higher confidence widens it", async () => {
    const input = besides(noise(1, 500, () => 0.001));
    const wide = await evaluateBy(bootstrap, input, { confidence: 0.99 });
    const narrow = await evaluateBy(bootstrap, input, { confidence: 0.8 });
    const mean = (input.returns.reduce((sum, value) => sum + value, 0) / 500) * 252;
    for (const result of [wide, narrow]) {
      expect(numberOf(result, "bootstrap_return_low")).toBeLessThan(mean);
      expect(numberOf(result, "bootstrap_return_high")).toBeGreaterThan(mean);
    }
    for (const name of ["return", "sharpe"]) {
      expect(numberOf(wide, `bootstrap_${name}_low`)).toBeLessThan(numberOf(narrow, `bootstrap_${name}_low`));
      expect(numberOf(wide, `bootstrap_${name}_high`)).toBeGreaterThan(numberOf(narrow, `bootstrap_${name}_high`));
    }
  });

  test("needs no trials, states its block, and is inconclusive below its minimum", async () => {
    const short = await evaluateBy(bootstrap, besides(noise(1, 59)));
    expect(short.checks).toEqual({
      bootstrap_basis: { verdict: "inconclusive", reason: "59 periods are too few to resample: it takes 60" },
    });
    const stated = await evaluateBy(bootstrap, besides(noise(1, 60)), { block: 7, resamples: 100 });
    expect(numberOf(stated, "bootstrap_block_length")).toBe(7);
    expect(stated.checks["bootstrap_basis"]?.reason).toBe(
      "100 resamples of 60 periods in blocks of 7.00 on average, at 0.95",
    );
  });

  test("a run that lost everything has fallen by all of it", async () => {
    for (const loss of [-1, -1.5]) {
      const ruin = noise(1, 100)[0]!;
      ruin[50] = loss;
      const result = await evaluateBy(bootstrap, besides([ruin]), { resamples: 100 });
      expect(numberOf(result, "bootstrap_drawdown_high")).toBe(1);
    }
  });
});

describe("track record", () => {
  const steady = noise(1, 252, () => 0.002);

  test("is inconclusive until it is long enough for the benchmark", async () => {
    const easy = await evaluateBy(trackRecord, besides(steady));
    const hard = await evaluateBy(trackRecord, besides(steady), { benchmark: 4 });
    expect(easy.checks["track_record_length"]?.verdict).toBe("pass");
    expect(hard.checks["track_record_length"]).toEqual({
      verdict: "inconclusive",
      reason: expect.stringMatching(/^1\.00 years are too few to tell it from a Sharpe ratio of 4 at 0\.95: it takes /),
    });
    expect(numberOf(hard, "track_record_coverage")).toBeLessThan(1);
    expect(numberOf(hard, "track_record_min_years") * numberOf(hard, "track_record_coverage")).toBeCloseTo(1, 12);
    expect(numberOf(hard, "track_record_psr")).toBeLessThan(numberOf(easy, "track_record_psr"));
  });

  test("fails below the benchmark, whatever its length", async () => {
    const result = await evaluateBy(trackRecord, besides(steady), { benchmark: 9 });
    expect(result.checks["track_record_length"]).toEqual({
      verdict: "fail",
      reason:
        "No length would tell this run from a Sharpe ratio of 9 at 0.95, because the Sharpe ratio is not above the benchmark, so no length would be enough",
    });
    expect(result.metrics["track_record_coverage"]?.kind).toBe("undefined");
  });

  test("says nothing of fewer periods than skew and kurtosis take", async () => {
    const reasonOf = async (periods: number): Promise<unknown> =>
      (await evaluateBy(trackRecord, besides(noise(1, periods, () => 0.05)))).checks["track_record_length"];
    expect(await reasonOf(19)).toEqual({
      verdict: "inconclusive",
      reason: "19 periods are too few to judge: it takes 20",
    });
    expect(await reasonOf(20)).toMatchObject({ verdict: "pass" });
  });

  test("a run that does not vary has none", async () => {
    const flat = await evaluateBy(trackRecord, besides([new Float64Array(100)]));
    expect(flat.checks["track_record_length"]).toEqual({ verdict: "inconclusive", reason: "The returns do not vary" });
  });
});

describe("configuration", () => {
  test.each([
    [pbo, { blocks: 7 }],
    [pbo, { blocks: 22 }],
    [pbo, { of: "everything" }],
    [crossValidation, { groups: 5, testGroups: 5 }],
    [crossValidation, { embargo: -1 }],
    [walkForward, { folds: 1 }],
    [bootstrap, { block: 0.5 }],
    [bootstrap, { confidence: 1 }],
    [realityCheck, { resamples: 10 }],
    [trackRecord, { benchmarks: 1 }],
  ])("%#: what makes no sense is refused", async (plugin, config) => {
    await expect(evaluateBy(plugin as typeof pbo, besides(rows), config)).rejects.toThrow();
  });
});
