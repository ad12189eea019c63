import { describe, expect, test } from "vitest";
import { configText, makeProject, type TestProject } from "./project.test.kit.ts";

const STANDARD = ["use(dataSamples)", "use(evaluatorStandard)", "use(allocatorEqual)", "use(storageSqlite)"];

/** A project whose world wants three trials before it believes the best of them. */
function guardedProject(): TestProject {
  const project = makeProject({
    "qmtl.config.ts": configText({
      imports: { "{ bootstrap, pbo, realityCheck, walkForward }": "@qmtl/evaluator-overfitting" },
      plugins: [...STANDARD, "use(bootstrap)", "use(pbo)", "use(realityCheck)", "use(walkForward)"],
    }),
  });
  const world = project
    .read("worlds/sp500-trend.yml")
    .replace(
      'drawdown: "max_drawdown <= 0.4"',
      'drawdown: "max_drawdown <= 0.4", luck: "pbo <= 1.0 && spa_own_p <= 1.0"',
    );
  project.write(
    "worlds/sp500-trend.yml",
    `${world}evaluators:
  - use: standard
  - use: bootstrap
    config: { resamples: 200 }
  - use: pbo
    config: { minTrials: 3, blocks: 8 }
  - use: reality-check
    config: { resamples: 200, of: world }
  - use: walk-forward
`,
  );
  return project;
}

describe("a world that requires evidence against overfitting", () => {
  test("waits until there is a choice to judge, and then judges it by the returns of what was tried", async () => {
    const project = guardedProject();
    const submit = (fast: number) =>
      project.submit("strategies/sma-cross.ts", "--param", `fast=${fast}`, "--param", "slow=60");

    const first = await submit(10);
    expect(first.result, first.stderr).toMatchObject({
      status: "inactive",
      precheck: { verdict: "inconclusive" },
      decision: { verdict: "inconclusive" },
      metrics: { reality_check_trials: 1, pbo: { undefined: "1 trial of the strategy is too few: it takes 3" } },
    });
    expect(first.result.reason).toContain("1 trial of the strategy is too few: it takes 3");

    await submit(15);
    const third = await submit(20);
    expect(third.result, third.stderr).toMatchObject({ metrics: { pbo_trials: 3, reality_check_trials: 3 } });
    for (const name of ["pbo", "spa_own_p", "walk_forward_rolling_sharpe", "bootstrap_sharpe_low"])
      expect(third.result.metrics[name]).toEqual(expect.any(Number));
    expect(third.result.precheck?.gates.find(({ name }) => name === "luck")?.passed).toBe(true);

    // Judged again with nothing new in the ledger, the figures are the same.
    const again = await submit(20);
    expect(again.result.metrics).toEqual(third.result.metrics);
  });
});
