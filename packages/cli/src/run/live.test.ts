import { appendFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent, TradedRecord } from "@qmtl/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { configText, type TestProject } from "../project.test.kit.ts";
import { crossText, endRunners, isBars, isOpen, paperProject, paperWorld, startRunner } from "./runner.test.kit.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1);
const STRATEGY = "strategies/cross.ts";
const LIVE = ["--world", "live"] as const;

/** A price that swings, so that a crossing comes every few hours. */
const price = (hour: number): number => Number((100 + 5 * Math.sin(hour / 3) + (hour % 5)).toFixed(4));

const row = (hour: number): string => {
  const [open, close] = [price(hour - 0.5), price(hour)];
  return `${new Date(START + hour * HOUR).toISOString()},${open},${Math.max(open, close)},${Math.min(open, close)},${close},1000\n`;
};

const rows = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, i) => row(from + i)).join("");

let project: TestProject;
let file: string;

beforeEach(async () => {
  project = await paperProject(
    {
      "qmtl.config.ts": configText({
        plugins: [
          `use(dataFiles, { presets: { hours: { path: "bars.csv", symbol: "A", format: "csv", stamp: "end", time: { column: "time" }, interval: "1h", calendar: "24x7", grows: true } } })`,
          "use(evaluatorStandard)",
          "use(allocatorEqual)",
          "use(storageSqlite)",
        ],
      }),
      "bars.csv": `time,open,high,low,close,volume\n${rows(1, 600)}`,
      [STRATEGY]: crossText("cross").replace('"1d"', '"1h"').replace('["us-index"]', '["it"]'),
      "worlds/live.yml": paperWorld({
        id: "live",
        preset: `{ id: hours, preset: files.hours, interval: 1h, calendar: 24x7, gaps: refuse,
        universe: { symbols: [{ id: A, tags: [it], currency: USD, lot: 0.01, tick: 0.0001 }] } }`,
      }),
    },
    [STRATEGY],
    "live",
  );
  file = join(project.root, "bars.csv");
});
afterEach(endRunners);

const after = (hour: number) => (event: RunEvent) => isBars(event) && event.to >= START + hour * HOUR;

async function tradedIn(account: string): Promise<readonly TradedRecord[]> {
  return (await project.journal("live", `paper.${account}`)).flatMap(({ body }) =>
    (body as unknown as TradedRecord).kind === "traded" ? [body as unknown as TradedRecord] : [],
  );
}

test("a file that grows is traded bar by bar, over kill -9, a torn line and bars that were missed", async () => {
  const first = startRunner(project, STRATEGY, ...LIVE);
  await first.seen(isOpen);
  await first.seen(after(600));
  appendFileSync(file, rows(601, 620));
  await first.seen(after(620));
  appendFileSync(file, row(621).slice(0, 30));
  first.process.kill("SIGKILL");
  await first.ended;
  appendFileSync(file, row(621).slice(30) + rows(622, 640));
  const second = startRunner(project, STRATEGY, ...LIVE);
  expect(await second.seen(({ kind }) => kind === "ready")).toMatchObject({ resumedAt: START + 620 * HOUR });
  await second.seen(after(640));
  appendFileSync(file, rows(641, 660));
  await second.seen(after(660));
  second.process.kill("SIGTERM");
  expect(await second.ended).toMatchObject({ code: 0 });

  const from = new Date(START + 600 * HOUR).toISOString();
  const replay = await project.qmtl("run", STRATEGY, ...LIVE, "--feed", "replay", "--from", from, "--session", "same");
  expect(replay).toMatchObject({ code: 0 });
  const [live, same] = [await tradedIn("cross"), await tradedIn("same")];
  const sum = (all: readonly TradedRecord[]) => ({
    bars: all.reduce((bars, one) => bars + one.bars, 0),
    orders: all.flatMap(({ orders }) => orders),
    fills: all.flatMap(({ fills }) => fills),
    periods: all.flatMap(({ periods }) => periods),
  });
  expect(sum(live)).toEqual(sum(same));
  expect(sum(live).bars).toBe(61);
  expect(sum(live).fills.length).toBeGreaterThan(5);
  expect(new Set(live.map(({ bars }) => bars))).toEqual(new Set([1]));
});

test("leaving takes back what waits, and says goodbye", async () => {
  const runner = startRunner(project, STRATEGY, ...LIVE, "--verbose");
  await runner.seen(after(600));
  appendFileSync(file, rows(601, 630));
  const waiting = await runner.seen((event) => isBars(event) && event.standing.waiting > 0);
  expect(waiting).toMatchObject({ recorded: true, gate: "open" });
  await runner.seen(after(630));
  runner.process.kill("SIGINT");
  const { code } = await runner.ended;
  expect(code).toBe(0);
  expect(runner.events.at(-1)).toMatchObject({ kind: "stopped", because: "signal" });
  const sessions = (await project.journal("live", "sessions")).map(
    ({ body }) => body as never as { kind: string; because?: string },
  );
  expect(sessions.at(-1)).toMatchObject({ kind: "ended", because: "left" });
  const last = (await project.journal("live", "paper.cross")).at(-1)!.body as unknown as TradedRecord;
  expect(last.standing.waiting).toBe(0);
});

test("--once trades the bars that are there, and leaves", async () => {
  const once = async (): Promise<readonly RunEvent[]> => {
    const runner = startRunner(project, STRATEGY, ...LIVE, "--once");
    expect(await runner.ended).toMatchObject({ code: 0 });
    return runner.events;
  };
  expect((await once()).filter(isBars).map(({ to }) => to)).toEqual([START + 600 * HOUR]);
  appendFileSync(file, rows(601, 603));
  expect((await once()).filter(isBars).map(({ to }) => to)).toEqual([601, 602, 603].map((hour) => START + hour * HOUR));
  expect((await once()).filter(isBars)).toEqual([]);
});

test("what --once decides on its last bar fills in the next bar, as if it had stayed", async () => {
  // Orders wait after 602 and 610.
  const ends = [600, 602, 606, 610, 612];
  for (const [i, to] of ends.entries()) {
    if (i > 0) appendFileSync(file, rows(ends[i - 1]! + 1, to));
    const runner = startRunner(project, STRATEGY, ...LIVE, "--once");
    expect(await runner.ended).toMatchObject({ code: 0 });
  }
  const from = new Date(START + 600 * HOUR).toISOString();
  const replay = await project.qmtl("run", STRATEGY, ...LIVE, "--feed", "replay", "--from", from, "--session", "same");
  expect(replay).toMatchObject({ code: 0 });
  const [live, same] = [await tradedIn("cross"), await tradedIn("same")];
  const waited = live.filter((one) => one.standing.waiting > 0 && ends.some((hour) => one.to === START + hour * HOUR));
  expect(waited.length).toBe(2);
  expect(live.flatMap(({ fills }) => fills)).toEqual(same.flatMap(({ fills }) => fills));
});

test("each session of live bars ticks the world, a tick that fails ends nothing, and a replay does not tick", async () => {
  const decided = async () =>
    (await project.journal("live")).flatMap(({ revision, body }) => {
      const { kind, envelope } = body as never as { kind: string; envelope: { period: number } };
      return kind === "decision" ? [{ revision, period: envelope.period }] : [];
    });
  const before = await decided();
  const isTicked = (hour: number) => (event: RunEvent) =>
    event.kind === "ticked" && event.period === START + hour * HOUR;
  const runner = startRunner(project, STRATEGY, ...LIVE);
  await runner.seen(isOpen);
  await runner.seen(after(600));
  appendFileSync(file, rows(601, 624));
  const ticked = await runner.seen(isTicked(624));
  expect(ticked).toMatchObject({ committed: true, apply: "applied" });

  // What evaluators and allocators are started from is gone for a while.
  const cache = join(project.root, ".qmtl/cache");
  renameSync(cache, `${cache}.away`);
  appendFileSync(file, rows(625, 648));
  expect(await runner.seen(({ kind }) => kind === "problem")).toMatchObject({ error: { code: "isolation.threw" } });
  renameSync(`${cache}.away`, cache);
  appendFileSync(file, rows(649, 672));
  const again = await runner.seen(isTicked(672));
  runner.process.kill("SIGTERM");
  expect(await runner.ended).toMatchObject({ code: 0 });
  const last = [ticked, again].map((event) => event as Extract<RunEvent, { kind: "ticked" }>);
  expect((await decided()).slice(before.length)).toEqual(last.map(({ revision, period }) => ({ revision, period })));

  const replay = await project.qmtl("run", STRATEGY, ...LIVE, "--feed", "replay", "--session", "same", "--json");
  expect(replay).toMatchObject({ code: 0 });
  expect(replay.stdout).toContain('"kind":"bars"');
  expect(replay.stdout).not.toContain('"kind":"ticked"');
  expect(await decided()).toHaveLength(before.length + 2);

  appendFileSync(file, rows(673, 696));
  const once = startRunner(project, STRATEGY, ...LIVE, "--once");
  expect(await once.ended).toMatchObject({ code: 0 });
  expect(once.events.some(isTicked(696))).toBe(true);
  expect(once.events.at(-1)).toMatchObject({ kind: "stopped", because: "end" });
});

test("what a runner counts can be read while it runs", async () => {
  const runner = startRunner(project, STRATEGY, ...LIVE, "--metrics-port", "0");
  await runner.seen(isOpen);
  await runner.seen(after(600));
  appendFileSync(file, rows(601, 620));
  const from = Date.now();
  await runner.seen(after(620));
  const lines = await runner.metrics();
  const of = `{world="live",strategy="cross"`;
  const placed = runner.events.filter(isBars).flatMap(({ orders }) => orders.filter(({ kind }) => kind === "placed"));
  expect(placed.length).toBeGreaterThan(0);
  expect(lines).toContain(`runner_gate_open${of}} 1`);
  expect(lines).toContain(`runner_bars_total${of}} 21`);
  expect(lines).toContain(`runner_orders_total${of},outcome="admitted"} ${placed.length}`);
  const lag = Number(lines.find((line) => line.startsWith(`runner_lag_ms${of}`))?.split(" ")[1]);
  expect(lag).toBeGreaterThanOrEqual(from - (START + 620 * HOUR));
  expect(lag).toBeLessThanOrEqual(Date.now() - (START + 620 * HOUR));
  runner.process.kill("SIGTERM");
  expect((await runner.ended).code).toBe(0);
  await expect(runner.metrics()).rejects.toThrow("fetch failed");
});

test.each<[what: string, code: string | undefined, more: string]>([
  ["a row that comes again", undefined, row(601)],
  ["a hole", "data.gaps", row(603)],
  ["a row that is none", "files.row-length", "oops\n"],
])("%s: %s", async (_what, code, more) => {
  const runner = startRunner(project, STRATEGY, ...LIVE);
  await runner.seen(after(600));
  appendFileSync(file, row(601));
  await runner.seen(after(601));
  appendFileSync(file, more);
  if (code === undefined) {
    appendFileSync(file, row(602));
    await runner.seen(after(602));
    runner.process.kill("SIGTERM");
  }
  const ran = await runner.ended;
  expect(ran.code).toBe(code === undefined ? 0 : 2);
  expect(ran.stderr).toContain(code ?? "");
});

test("a row that comes too late is left out, counted and named; after a restart the account is the same", async () => {
  const runner = startRunner(project, STRATEGY, ...LIVE, "--metrics-port", "0");
  await runner.seen(after(600));
  appendFileSync(file, rows(601, 610));
  await runner.seen(after(610));
  const isLate = (event: RunEvent) => event.kind === "late";
  appendFileSync(file, row(610).replace(",1000", ",1001") + row(603).replace(",1000", ",9"));
  expect(await runner.seen(isLate)).toMatchObject({ preset: "hours", symbol: "A", bar: START + 610 * HOUR, line: 612 });
  appendFileSync(file, rows(611, 620));
  await runner.seen(after(620));
  const late = runner.events.flatMap((event) => (event.kind === "late" ? [event.rows] : []));
  expect(late.reduce((sum, count) => sum + count, 0)).toBe(2);
  expect(await runner.metrics()).toContain(`runner_late_rows_total{world="live",strategy="cross"} 2`);
  runner.process.kill("SIGKILL");
  await runner.ended;
  appendFileSync(file, rows(621, 625));
  const again = startRunner(project, STRATEGY, ...LIVE, "--once");
  expect(await again.ended).toMatchObject({ code: 0 });
  expect(again.events.filter(isBars).map(({ to }) => (to - START) / HOUR)).toEqual([621, 622, 623, 624, 625]);
  const { result } = await project.submit(STRATEGY, ...LIVE);
  expect(result.dataset?.streams[0]?.findings.join()).toContain("2 rows came in after their bar and were left out");
});

test("a changed file is refused, and what was traded stands", async () => {
  const runner = startRunner(project, STRATEGY, ...LIVE);
  await runner.seen(after(600));
  appendFileSync(file, rows(601, 610));
  await runner.seen(after(610));
  runner.process.kill("SIGKILL");
  await runner.ended;
  project.write("bars.csv", project.read("bars.csv").replace(row(605), row(605).replace(",1000", ",999")));
  const ran = await project.qmtl("run", STRATEGY, ...LIVE, "--once", "--json");
  expect(ran.code).toBe(3);
  expect(JSON.parse(ran.stdout.trim().split("\n").at(-1)!)).toMatchObject({ error: { code: "run.history-changed" } });
});
