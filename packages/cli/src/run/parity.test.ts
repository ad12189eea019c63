import type { TradedRecord } from "@qmtl/core";
import { afterEach, beforeAll, expect, test } from "vitest";
import type { TestProject } from "../project.test.kit.ts";
import { endRunners, isBars, paperProject, startRunner } from "./runner.test.kit.ts";

const STRATEGY = "strategies/sma-cross.ts";
const REPLAY = ["--world", "paper", "--feed", "replay"] as const;
const SEED = Number(process.env["QMTL_SEED"] ?? "11");

let project: TestProject;
beforeAll(async () => {
  project = await paperProject({}, [STRATEGY]);
});
afterEach(endRunners);

/** What an account made of its bars: orders, fills and periods in their order. */
async function accountOf(account: string) {
  const records = (await project.journal("paper", `paper.${account}`)).map(
    ({ body }) => body as unknown as TradedRecord,
  );
  const traded = records.filter(({ kind }) => kind === "traded");
  return {
    kinds: new Set(records.map(({ kind }) => kind)),
    orders: traded.flatMap(({ orders }) => orders),
    fills: traded.flatMap(({ fills }) => fills),
    periods: traded.flatMap(({ periods }) => periods),
    bars: traded.reduce((sum, { bars }) => sum + bars, 0),
    standing: traded.at(-1)?.standing,
  };
}

interface Stored {
  readonly times: readonly number[];
  readonly equity: readonly number[];
  readonly returns: readonly number[];
  readonly fees: number;
  readonly trades: readonly { readonly entryTime: number; readonly exitTime: number }[];
}

test("a replay comes to what was submitted, to the last bit", async () => {
  const run = await project.qmtl("run", STRATEGY, ...REPLAY, "--session", "whole");
  expect(run).toMatchObject({ code: 0, stderr: expect.not.stringContaining("error") });
  const account = await accountOf("whole");
  const evaluation = (await project.journal("paper"))
    .map(({ body }) => body as never as { kind: string; objects: { run: string } })
    .find(({ kind }) => kind === "evaluation")!;
  const stored = JSON.parse(Buffer.from((await project.object("paper", evaluation.objects.run))!).toString()) as Stored;
  expect(account.periods.map(({ end }) => end)).toEqual(stored.times);
  expect(account.periods.map(({ equity }) => equity)).toEqual(stored.equity.slice(1));
  expect(account.periods.map(({ return: gained }) => gained)).toEqual(stored.returns);
  expect(account.fills.reduce((sum, { fee }) => sum + fee, 0)).toBe(stored.fees);
  const entries = account.fills.filter(({ held, quantity }) => held === quantity);
  expect(entries.map(({ time }) => time)).toEqual(stored.trades.map(({ entryTime }) => entryTime));
  expect(account.orders.filter(({ kind }) => kind === "placed")).toHaveLength(account.fills.length);
  const realised = (await project.journal("paper"))
    .map(({ body }) => body as never as { kind: string; account: string; return: number; period: number })
    .filter(({ kind, account: its }) => kind === "realised" && its === "whole");
  expect(realised.map(({ period }) => period)).toEqual(stored.times);
  expect(realised.map(({ return: gained }) => gained)).toEqual(stored.returns);
});

test(`and so does one that was killed at three random bars (QMTL_SEED=${SEED})`, async () => {
  const whole = await accountOf("whole");
  const random = randomFrom(SEED);
  const bars = whole.periods.map(({ end }) => end);
  const cuts = Array.from({ length: 3 }, () => bars[Math.floor(random() * bars.length)]!).sort((a, b) => a - b);
  for (const cut of cuts) {
    const runner = startRunner(project, STRATEGY, ...REPLAY, "--session", "killed", "--speed", "200000000");
    await runner.seen((event) => isBars(event) && event.to >= cut);
    runner.process.kill("SIGKILL");
    expect((await runner.ended).code).toBeNull();
  }
  const run = await project.qmtl("run", STRATEGY, ...REPLAY, "--session", "killed");
  expect(run.code).toBe(0);
  const killed = await accountOf("killed");
  expect(killed.bars).toBe(whole.bars);
  expect(killed.orders).toEqual(whole.orders);
  expect(killed.fills).toEqual(whole.fills);
  expect(killed.periods).toEqual(whole.periods);
  expect(killed.standing).toEqual(whole.standing);
  expect([...killed.kinds]).toEqual(["opened", "traded"]);
});

test("one that begins late is warm, and trades from there", async () => {
  const run = await project.qmtl(
    "run",
    STRATEGY,
    ...REPLAY,
    "--session",
    "late",
    "--from",
    "2019-06-03",
    "--until",
    "2019-12-31",
  );
  expect(run.code).toBe(0);
  const whole = await accountOf("whole");
  const late = await accountOf("late");
  const [from, to] = [Date.parse("2019-06-03T00:00Z"), Date.parse("2020-01-01T00:00Z")];
  const decided = whole.orders.filter(({ time }) => time >= from && time <= to).map(({ time, kind }) => [kind, time]);
  // The strategy was flat then, so both decide the same from there on.
  expect(late.orders.map(({ time, kind }) => [kind, time])).toEqual(decided);
  expect(late.bars).toBe(whole.periods.filter(({ end }) => end >= from && end <= to).length);
});

function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
