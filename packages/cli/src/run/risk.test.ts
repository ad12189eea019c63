import type { TradedRecord } from "@qmtl/core";
import { afterEach, expect, test } from "vitest";
import { endRunners, isBars, paperProject, paperWorld, startRunner } from "./runner.test.kit.ts";

const STRATEGY = "strategies/sma-cross.ts";
const REPLAY = ["--world", "paper", "--feed", "replay"] as const;

afterEach(endRunners);

test("the limits of a world hold what a runner trades, over kill -9, told in its records and counted", async () => {
  const limits = "risk: { position: 0.4, drawdown: 0.05 }";
  const project = await paperProject({ "worlds/paper.yml": paperWorld({ id: "paper", more: limits }) }, [STRATEGY]);
  const traded = async (account: string) =>
    (await project.journal("paper", `paper.${account}`)).flatMap(({ body }) =>
      (body as unknown as TradedRecord).kind === "traded" ? [body as unknown as TradedRecord] : [],
    );
  const whole = startRunner(project, STRATEGY, ...REPLAY, "--session", "whole", "--metrics-port", "0");
  const cut = await whole.seen((event) => isBars(event) && (event.limited?.length ?? 0) > 0);
  expect((await whole.ended).code).toBe(0);
  const [first] = isBars(cut) ? (cut.limited ?? []) : [];
  // It wants all of its equity, and gets four tenths.
  expect(first).toMatchObject({ symbol: "SPX", breaches: [{ metric: "position", bound: 0.4, action: "cut" }] });
  expect(first!.allowed / first!.to).toBeCloseTo(0.4, 3);
  const records = await traded("whole");
  const limited = records.flatMap((record) => record.limited ?? []);
  const metrics = new Set(limited.flatMap(({ breaches }) => breaches.map(({ metric }) => metric)));
  expect(metrics).toEqual(new Set(["position", "drawdown"]));
  const [worst = 0] = limited.flatMap(({ breaches }) =>
    breaches.flatMap(({ metric, value }) => (metric === "drawdown" ? [value] : [])),
  );
  expect(worst).toBeGreaterThan(0.05);

  const bars = records.map(({ to }) => to);
  for (const stop of [bars[Math.floor(bars.length / 3)]!, bars[Math.floor(bars.length / 2)]!]) {
    const runner = startRunner(project, STRATEGY, ...REPLAY, "--session", "killed", "--speed", "200000000");
    await runner.seen((event) => isBars(event) && event.to >= stop);
    runner.process.kill("SIGKILL");
    await runner.ended;
  }
  expect((await project.qmtl("run", STRATEGY, ...REPLAY, "--session", "killed")).code).toBe(0);
  const killed = await traded("killed");
  expect(killed.flatMap((record) => record.limited ?? [])).toEqual(limited);
  expect(killed.flatMap(({ fills }) => fills)).toEqual(records.flatMap(({ fills }) => fills));
});
