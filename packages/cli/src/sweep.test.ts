import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SweepResult } from "@qmtl/core";
import { describe, expect, test } from "vitest";
import { makeProject, type Ran, type TestProject } from "./project.test.kit.ts";

const GRID = ["--grid", "fast=5..20:5", "--grid", "slow=30..120:10"];

/** A strategy of whose variants some refuse their params, and some fail at a bar. */
const FRAGILE = `
import { strategy, stream, node, param, targetWeights, type Decision } from "@qmtl/core/strategy";
import { ohlcv, fraction } from "@qmtl/core/schema";

export default strategy({
  name: "fragile",
  params: { kind: param.int(0, { min: 0, max: 3 }), above: param.int(1200, { min: 0, max: 2000 }) },
  graph({ params }): Decision {
    if (params.kind === 1) throw new Error("kind 1 makes no sense");
    const bars = stream({ schema: ohlcv, tags: ["us-index"], interval: "1d" });
    const held = node({
      name: "held",
      inputs: { close: bars.close, kind: params.kind, above: params.above },
      output: { weight: fraction },
      compute: ({ close, kind, above }) => {
        if (kind === 2 && close > 1000) throw new Error("too dear");
        return { weight: close > above ? 1 : 0 };
      },
    });
    return targetWeights(held.weight);
  },
});
`;

async function sweep(
  project: TestProject,
  ...args: readonly string[]
): Promise<Ran & { readonly result: SweepResult }> {
  const ran = await project.qmtl("sweep", "strategies/sma-cross.ts", "--world", "sp500-trend", "--json", ...args);
  return { ...ran, result: ran.stdout === "" ? (undefined as never) : (JSON.parse(ran.stdout) as SweepResult) };
}

async function trialsOf(project: TestProject): Promise<readonly Record<string, unknown>[]> {
  const records = (await project.journal()).map(({ body }) => body as Record<string, unknown>);
  return records.filter(({ kind }) => kind === "trial");
}

describe("a sweep", () => {
  test("tries every combination once, gives the rows that submits give, and leaves no candidate", async () => {
    const project = makeProject();
    const csv = join(project.root, "rows.csv");
    const { code, result, stderr } = await sweep(project, ...GRID, "--workers", "2", "--csv", csv);
    expect(code, stderr).toBe(0);
    expect(result).toMatchObject({
      schema: "qmtl.sweep-result/1",
      status: "complete",
      combinations: 40,
      done: 40,
      problems: 0,
      trials: 40,
      top: 20,
    });
    const sharpes = result.rows.map(({ metrics }) => metrics["sharpe"] as number);
    expect(sharpes).toEqual(sharpes.toSorted((a, b) => b - a));
    // The best know what they were chosen from; the others are not weighed.
    expect(result.rows[0]!.metrics).toMatchObject({ trials: 40, deflated_sharpe: expect.any(Number) });
    expect(result.rows[39]!.metrics).not.toHaveProperty("deflated_sharpe");

    const trials = await trialsOf(project);
    expect(trials).toHaveLength(40);
    for (const { origin, returns } of trials) {
      expect(origin).toBe("sweep");
      expect(returns).toEqual({ block: expect.stringMatching(/^[0-9a-f]{64}$/), row: expect.any(Number) });
    }
    const lines = readFileSync(csv, "utf8").trimEnd().split("\r\n");
    expect(lines).toHaveLength(41);
    expect(lines[0]).toMatch(/^fast,slow,eval_key,/);

    const best = result.rows[0]!;
    const params = Object.entries(best.params).flatMap(([name, value]) => ["--param", `${name}=${value}`]);
    const submitted = await project.submit("strategies/sma-cross.ts", ...params);
    expect(submitted.result.provenance?.evalKey).toBe(best.evalKey);
    for (const name of ["sharpe", "total_return", "max_drawdown", "num_trades", "turnover", "deflated_sharpe"])
      expect(submitted.result.metrics[name]).toBe(best.metrics[name]);
    // The sweep counted it: submitting it is no new trial.
    expect(submitted.result.provenance?.trials).toBe(40);
  });

  test("gives the same rows whoever computes them, and takes up what was tried before", async () => {
    const one = await sweep(makeProject(), ...GRID, "--workers", "1");
    const project = makeProject();
    const two = await sweep(project, ...GRID, "--workers", "3");
    expect(two.result.rows).toEqual(one.result.rows);

    const again = await sweep(project, ...GRID);
    expect(again.result).toMatchObject({ done: 40, resumed: 40, trials: 40 });
    expect(again.result.rows).toEqual(one.result.rows);
    expect(await trialsOf(project)).toHaveLength(40);
  });

  test("that is killed at any moment goes on where it ended, and counts nothing twice", async () => {
    const project = makeProject();
    const grid = ["--grid", "fast=5..24", "--grid", "slow=30..120:10"];
    const whole = await sweep(makeProject(), ...grid);
    for (const ms of [1500, 3500]) {
      const { process: running, ended } = project.start([
        ...["sweep", "strategies/sma-cross.ts", "--world", "sp500-trend", "--json"],
        ...grid,
      ]);
      setTimeout(() => running.kill("SIGKILL"), ms);
      await ended;
    }
    const { result, stderr } = await sweep(project, ...grid);
    expect(result, stderr).toMatchObject({ status: "complete", done: 200, trials: 200 });
    expect(result.rows).toEqual(whole.result.rows);
    expect(await trialsOf(project)).toHaveLength(200);
  });

  test("that is interrupted says what it has, and how to go on", async () => {
    const project = makeProject();
    const { process: running, ended } = project.start([
      ...["sweep", "strategies/sma-cross.ts", "--world", "sp500-trend", "--workers", "1"],
      ...["--grid", "fast=5..100", "--grid", "slow=110..200"],
    ]);
    let told = "";
    let sent = false;
    running.stderr?.on("data", (text: string) => {
      told += text;
      if (sent || !/Trying 8736 combinations/.test(told)) return;
      sent = true;
      running.kill("SIGINT");
    });
    const { code, stdout } = await ended;
    expect(code).toBe(3);
    expect(stdout).toMatch(/cancelled\n.* of 8,736 combinations/);
    expect(stdout).toContain("the same command goes on from there");
  });

  test("goes on where a combination fails, and names it", async () => {
    const project = makeProject({ "strategies/fragile.ts": FRAGILE });
    const { code, stdout, stderr } = await project.qmtl(
      ...["sweep", "strategies/fragile.ts", "--world", "sp500-trend", "--json", "--grid", "kind=0..3"],
    );
    expect(code, stderr).toBe(0);
    const { rows, problems, trials } = JSON.parse(stdout) as SweepResult;
    expect({ problems, trials }).toEqual({ problems: 2, trials: 2 });
    expect(rows.map(({ params, problem }) => [params["kind"], problem?.code])).toEqual([
      [0, undefined],
      [3, undefined],
      [1, "runner.graph-threw"],
      [2, "engine.compute-failed"],
    ]);
    expect(rows[3]!.problem?.message).toContain("too dear");

    // Nor does it matter which one comes first.
    const later = await project.qmtl(
      ...["sweep", "strategies/fragile.ts", "--world", "sp500-trend", "--json", "--grid", "kind=1,3"],
    );
    expect(later.code, later.stderr).toBe(0);
    expect(JSON.parse(later.stdout)).toMatchObject({ done: 2, problems: 1, trials: 2 });
  });

  test("goes on where every combination of a batch is refused", async () => {
    const project = makeProject({ "strategies/fragile.ts": FRAGILE });
    const { code, stdout, stderr } = await project.qmtl(
      ...["sweep", "strategies/fragile.ts", "--world", "sp500-trend", "--json"],
      ...["--grid", "kind=1,3", "--grid", "above=1200..1550:50", "--workers", "1"],
    );
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ done: 16, problems: 8, trials: 8 });
  });
});

describe("a sweep that can't be", () => {
  test.each([
    [["--grid", "fast=1..5"], "strategy.invalid-param", /does not fit/],
    [["--grid", "quick=1..5"], "strategy.unknown-param", /quick/],
    [["--grid", "fast=5..1"], "cli.invalid-grid", /down to/],
    [["--grid", "fast=5,10", "--sort", "sharp"], "sweep.unknown-metric", /no metric "sharp"/],
    [["--grid", "fast=5,10", "--sort", "deflated_sharpe"], "sweep.unknown-metric", /depends on the other trials/],
    [["--grid", "fast=5,10", "--workers", "0"], "cli.usage", /--workers/],
  ])("%s is refused before anything is tried", async (args, code, message) => {
    const project = makeProject();
    const ran = await sweep(project, ...args);
    expect(ran.code).toBe(2);
    expect((ran.result as unknown as { error: object }).error).toMatchObject({
      code,
      message: expect.stringMatching(message),
      next: expect.any(String),
    });
    expect(await trialsOf(project)).toEqual([]);
  });

  test("of a million combinations is refused with an estimate, unless it is confirmed", async () => {
    const project = makeProject();
    const ran = await sweep(project, "--grid", "fast=2..200", "--grid", "slow=3..400", "--param", "x=1");
    expect(ran.code).toBe(2);
    const many = await sweep(project, "--grid", "fast=2..200", "--grid", "slow=3..400");
    expect(many.code).toBe(2);
    expect((many.result as unknown as { error: object }).error).toMatchObject({
      code: "sweep.too-many",
      message: expect.stringMatching(/^79202 combinations take about \d+ (minutes|hours)/),
      next: expect.stringContaining("--confirm"),
    });
    expect(await trialsOf(project)).toEqual([]);
  });
});
