import { rmSync } from "node:fs";
import { join } from "node:path";
import { Runner, type RunnerOptions, type SubmitResult } from "@qmtl/core";
import { sma } from "@qmtl/core/indicators";
import { fraction, ohlcv } from "@qmtl/core/schema";
import { node, param, type Strategy, strategy, stream, targetWeights } from "@qmtl/core/strategy";
import { beforeAll, describe, expect, test } from "vitest";
import { openProject } from "./project/project.ts";
import { makeProject, type TestProject } from "./project.test.kit.ts";

const trend = strategy({
  name: "in-process",
  params: { length: param.int(30, { min: 2, max: 200 }) },
  graph({ params }) {
    const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
    const above = node({
      name: "above",
      inputs: { close: bars.close, mean: sma(bars.close, params.length) },
      output: { weight: fraction },
      compute: ({ close, mean }) => ({ weight: close > mean ? 1 : 0 }),
    });
    return targetWeights(above.weight);
  },
});

let project: TestProject;
let setting: Pick<RunnerOptions, "world" | "project" | "root">;
beforeAll(async () => {
  project = makeProject();
  const paper = project.read("worlds/sp500-trend.yml").replace("id: sp500-trend", "id: paper");
  project.write(
    "worlds/paper.yml",
    paper
      .replace("as_of: 2020-04-17", "follow: { max_lag: 36400d }")
      .replace("max_mode: compute-only", "max_mode: paper")
      .replace("max_drawdown <= 0.4", "max_drawdown <= 1.0")
      .replace("max_pairwise: 0.8", "max_pairwise: 1")
      .replace("enter: 0.2, exit: 0.1", "enter: -100, exit: -200"),
  );
  const { config } = await openProject(project.root);
  setting = { world: "sp500-trend", project: config, root: project.root };
});

const submit = (
  options: Partial<RunnerOptions> = {},
  what: Strategy = trend as unknown as Strategy,
): Promise<SubmitResult> => Runner.submit(what, { ...setting, ...options });

describe("a strategy object of this process", () => {
  test("goes through the whole loop, under an identity that nothing vouches for", async () => {
    const result = await submit();
    expect(result).toMatchObject({ strategy: "in-process", domain: "backtest", backtest: { evidence: "backtest" } });
    expect(result.provenance).toMatchObject({ identity: "process", params: { length: 30 } });
    expect(result.provenance?.unproven.map(({ node: name }) => name)).toContain("above");
    expect(result.computed.cached).toBe(false);
    expect(result.metrics["sharpe"]).toEqual(expect.any(Number));
  });

  test("is never recognised again: the same object is another version and another trial", async () => {
    const [first, second] = [await submit(), await submit()];
    expect(second.provenance?.version).not.toBe(first.provenance?.version);
    expect(second.provenance?.trials).toBe((first.provenance?.trials ?? 0) + 1);
    expect(second.computed.cached).toBe(false);
    expect(second.metrics["sharpe"]).toBe(first.metrics["sharpe"]);
  });

  test("never leaves backtest, where a file would go on paper, whatever it asks for", async () => {
    const object = await submit({ world: "paper", requested: "live" });
    expect(object).toMatchObject({ mode: "compute-only", domain: "backtest", requested: "live" });
    expect(object).toMatchObject({ downgraded: true, downgradeReason: "digest_mismatch" });
    const file = await project.submit("strategies/sma-cross.ts", "--world", "paper");
    expect(file.result).toMatchObject({ mode: "paper", domain: "dryrun", downgraded: false });
    const journal = await project.journal("paper");
    const accepted = journal
      .map(({ body }) => body as { kind: string; strategy?: string; requested?: string })
      .filter(({ kind }) => kind === "accepted");
    expect(accepted[0]).toMatchObject({ strategy: "in-process", requested: "live" });
  });

  test("may declare its returns: they count as evidence of that kind, and stay in backtest", async () => {
    const returns = Array.from({ length: 300 }, (_, i) => 0.001 * Math.sin(i));
    const result = await submit({ returns, world: "paper" });
    expect(result).toMatchObject({ domain: "backtest", backtest: { evidence: "declared", periods: 300, trades: 0 } });
    expect(result.contribution).toBeNull();
    const total = returns.reduce((equity, one) => equity * (1 + one), 1) - 1;
    expect(result.metrics["total_return"]).toBeCloseTo(total, 12);
  });

  test.each([
    ["none", []],
    ["no number", [0.1, Number.NaN]],
    ["a loss of more than all", [0.1, -1.5]],
  ])("is refused returns with %s", async (_what, returns) => {
    await expect(submit({ returns })).rejects.toMatchObject({ class: "usage", next: expect.stringMatching(/\w/) });
  });

  test("is rejected by its check before any data are read", async () => {
    rmSync(join(project.root, ".qmtl"), { recursive: true, force: true });
    const seen: string[] = [];
    const result = await submit({
      check: ({ name, nodes }) => {
        seen.push(name, ...nodes.map(({ label }) => label));
        return [
          {
            stage: "check",
            rule: "house.no-means",
            message: "Means are not for this house",
            hint: "Use an ema.",
            node: "above",
          },
        ];
      },
    });
    expect(seen).toEqual(expect.arrayContaining(["in-process", "above"]));
    expect(result).toMatchObject({
      status: "rejected",
      dataset: null,
      decision: null,
      error: { code: "house.no-means", next: "Use an ema." },
      violations: [{ rule: "house.no-means", hint: "Use an ema.", node: "above" }],
    });
    expect(await project.journal()).toEqual([]);
    const objects = await project.qmtl("data", "import", "--world", "sp500-trend");
    expect(objects.stdout).toContain("imported");
  });

  test("is refused what it has no param for, and worlds that are not there", async () => {
    await expect(submit({ params: { speed: 3 } })).rejects.toMatchObject({ code: "strategy.unknown-param" });
    await expect(submit({ world: "nothing" })).rejects.toMatchObject({ code: "world.unknown" });
    await expect(submit({}, {} as Strategy)).rejects.toMatchObject({ code: "runner.not-a-strategy" });
  });
});
