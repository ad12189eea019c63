import type { RunEvent, TradedRecord } from "@qmtl/core";
import { afterEach, beforeAll, expect, test } from "vitest";
import type { TestProject } from "../project.test.kit.ts";
import { crossText, endRunners, isBars, paperProject, paperWorld, startRunner } from "./runner.test.kit.ts";

const CROSS = "strategies/cross.ts";
const OTHER = "strategies/other.ts";
const FROM = "2019-01-02";

let project: TestProject;
beforeAll(async () => {
  project = await paperProject(
    {
      "worlds/paper.yml": paperWorld({ id: "paper" }),
      [CROSS]: crossText("cross"),
      [OTHER]: crossText("other", "() => ({ weight: 1 })"),
    },
    [CROSS],
  );
});
afterEach(endRunners);

/** What a run of the replay told of its warm start, and what its account made of the bars. */
async function run(session: string) {
  const replay = ["--world", "paper", "--feed", "replay", "--from", FROM, "--session", session];
  const runner = startRunner(project, CROSS, ...replay);
  expect(await runner.ended).toMatchObject({ code: 0 });
  const warm = runner.events.find(({ kind }) => kind === "warm") as Extract<RunEvent, { kind: "warm" }> | undefined;
  const traded = (await project.journal("paper", `paper.${session}`))
    .map(({ body }) => body as unknown as TradedRecord)
    .filter(({ kind }) => kind === "traded");
  return { warm, bars: traded.map(({ orders, fills, periods, standing }) => ({ orders, fills, periods, standing })) };
}

const edge = (...args: readonly string[]) =>
  project.qmtl(
    "edges",
    "override",
    "paper",
    ...["--strategy", "cross", "--from", "backtest", "--to", "dryrun", "--reason", "to start sooner", "--actor", "kim"],
    ...args,
  );

async function reads(): Promise<number> {
  return (await project.journal("paper")).filter(({ body }) => (body as { kind?: unknown }).kind === "edge-read")
    .length;
}

test("what backtest computed is read where the edge is open, recomputed where it is not: the same to the last bit", async () => {
  const cold = await run("cold");
  expect(cold.warm).toMatchObject({ from: "backtest", to: "dryrun", allowed: false, rows: 0 });
  expect(cold.bars.flatMap(({ fills }) => fills).length).toBeGreaterThan(5);
  expect(await reads()).toBe(0);

  expect((await edge("--open", "--expires", "24h")).code).toBe(0);
  const warm = await run("warm");
  expect(warm.warm).toMatchObject({ allowed: true, because: "to start sooner" });
  expect(warm.warm!.rows).toBeGreaterThan(5000);
  expect(warm.bars).toEqual(cold.bars);
  expect(await reads()).toBe(1);
  expect((await project.qmtl("world", "audit", "paper")).stdout).toMatch(
    /cross@[0-9a-f]{12} took over \d+ rows of 1 nodes through backtest -> dryrun/,
  );

  expect((await edge("--shut")).code).toBe(0);
  const shut = await run("shut");
  expect(shut.warm).toMatchObject({ allowed: false, rows: 0, because: "to start sooner" });
  expect(shut.bars).toEqual(cold.bars);
  expect(await reads()).toBe(1);
});

test("a refused read is counted, and a demotion shuts what was open", async () => {
  expect((await edge("--open", "--expires", "24h")).code).toBe(0);
  project.write("worlds/paper.yml", paperWorld({ id: "paper", gate: "exposure >= 0.99" }));
  expect((await project.submit(OTHER, "--world", "paper")).result.status).toBe("active");
  const { edges } = JSON.parse((await project.qmtl("edges", "list", "paper", "--json")).stdout);
  expect(edges).toEqual([
    expect.objectContaining({ standing: "shut", reason: expect.stringMatching(/took it out of dryrun/) }),
  ]);

  const replay = ["--world", "paper", "--feed", "replay", "--speed", "8640000", "--metrics-port", "0"];
  const runner = startRunner(project, OTHER, ...replay);
  await runner.seen(isBars);
  expect(runner.events.find(({ kind }) => kind === "warm")).toMatchObject({ allowed: false });
  expect(await runner.metrics()).toContain('edge_refused_total{world="paper",from="backtest",to="dryrun"} 1');
  runner.process.kill("SIGTERM");
  expect((await runner.ended).code).toBe(0);
});
