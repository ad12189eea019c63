import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { ExecutedRecord, RunEvent, TradedRecord } from "@qmtl/core";
import { afterEach, expect, test } from "vitest";
import { configText, type TestProject } from "../project.test.kit.ts";
import { crossText, endRunners, isBars, isOpen, paperProject, paperWorld, startRunner } from "./runner.test.kit.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1);
const HOLD = "strategies/hold.ts";
const OTHER = "strategies/other.ts";
const LIVE = ["--world", "live"] as const;

/** Always 100: what is sized by a share is sized by it forever. */
const row = (hour: number): string => `${new Date(START + hour * HOUR).toISOString()},100,100,100,100,1000\n`;
const rows = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, i) => row(from + i)).join("");
const holding = (name: string): string =>
  crossText(name, "() => ({ weight: 0.5 })").replace('"1d"', '"1h"').replace('["us-index"]', '["it"]');

afterEach(endRunners);

const after = (hour: number) => (event: RunEvent) => isBars(event) && event.to >= START + hour * HOUR;
const isRebalanced = (event: RunEvent): event is Extract<RunEvent, { kind: "rebalanced" }> =>
  event.kind === "rebalanced";

async function liveProject(): Promise<TestProject> {
  return paperProject(
    {
      "qmtl.config.ts": configText({
        plugins: [
          `use(dataFiles, { presets: { hours: { path: "bars.csv", symbol: "A", format: "csv", stamp: "end", time: { column: "time" }, interval: "1h", calendar: "24x7", grows: true } } })`,
          "use(evaluatorStandard)",
          "use(allocatorEqual)",
          "use(storageSqlite)",
        ],
        more: `equity: { total: 400000, currency: "USD", worlds: { live: 0.5 } },`,
      }),
      "bars.csv": `time,open,high,low,close,volume\n${rows(1, 600)}`,
      [HOLD]: holding("hold"),
      [OTHER]: holding("other"),
      "worlds/live.yml": paperWorld({
        id: "live",
        preset: `{ id: hours, preset: files.hours, interval: 1h, calendar: 24x7, gaps: refuse,
        universe: { symbols: [{ id: A, tags: [it], currency: USD, lot: 1, tick: 0.01 }] } }`,
      }).replace("{ percent: 0.0002 }", "{ none: {} }"),
    },
    [HOLD],
    "live",
  );
}

test("a runner trades a rebalancing once: on what it was planned on, over kill -9, in time and in the journal", async () => {
  const project = await liveProject();
  const file = join(project.root, "bars.csv");
  const first = startRunner(project, HOLD, ...LIVE);
  await first.seen(isOpen);
  appendFileSync(file, rows(601, 602));
  const filled = await first.seen((event) => isBars(event) && event.standing.positions.length > 0);
  // Half of the world's equity, which is half of the project's.
  expect(filled).toMatchObject({ standing: { equity: 200_000, positions: [{ symbol: "A", quantity: 1000 }] } });

  const { result } = await project.submit(OTHER, ...LIVE);
  expect(result.status).toBe("active");
  await first.seen(
    (event) => event.kind === "gate" && event.gate === "open" && event.activation > 0 && event.sequence > 2,
  );
  appendFileSync(file, row(603));
  await first.seen(after(603));

  const apply = (run: string) =>
    project.qmtl("world", "rebalance", "apply", "live", "--run", run, "--actor", "me", "--json");
  const applied = await apply("half");
  expect(JSON.parse(applied.stdout)).toMatchObject({
    applied: true,
    orders: [{ strategy: "hold", symbol: "A", quantity: -500, held: 1000, reduceOnly: true }],
  });
  const due = JSON.parse((await project.qmtl("world", "allocations", "live", "--json")).stdout);
  expect(due.snapshot).toMatchObject({ run: "half", executed: [], due: ["hold"] });

  appendFileSync(file, row(604));
  const placed = await first.seen(isRebalanced);
  expect(placed).toMatchObject({
    run: "half",
    to: START + 604 * HOUR,
    legs: [{ symbol: "A", asked: -500, ordered: -500 }],
    orders: [{ kind: "placed", because: "rebalance", quantity: -500, to: 500 }],
    standing: { waiting: 1 },
  });
  first.process.kill("SIGKILL");
  await first.ended;

  const second = startRunner(project, HOLD, ...LIVE);
  expect(await second.seen(({ kind }) => kind === "ready")).toMatchObject({ standing: { waiting: 1 } });
  await second.seen(isOpen);
  appendFileSync(file, rows(605, 608));
  await second.seen(after(608));
  expect(second.events.filter(isRebalanced)).toEqual([]);
  const bars = second.events.filter(isBars);
  expect(bars.flatMap(({ fills }) => fills)).toMatchObject([
    { time: START + 605 * HOUR, kind: "rebalance", quantity: -500, held: 500 },
  ]);

  // It stands where it should now, so the next one has nothing to trade.
  expect(JSON.parse((await apply("again")).stdout)).toMatchObject({ applied: true, orders: [] });
  second.process.kill("SIGTERM");
  expect((await second.ended).code).toBe(0);

  const executed = (await project.journal("live")).flatMap(({ body }) =>
    (body as { kind: string }).kind === "executed" ? [body as unknown as ExecutedRecord] : [],
  );
  expect(executed).toMatchObject([{ run: "half", strategy: "hold", account: "hold", to: START + 604 * HOUR }]);
  const account = (await project.journal("live", "paper.hold")).map(({ body }) => body as unknown as TradedRecord);
  expect(account.filter(({ kind }) => (kind as string) === "rebalanced")).toHaveLength(1);
  expect(account.flatMap(({ fills = [] }) => fills).filter(({ kind }) => kind === "rebalance")).toHaveLength(1);
  const audit = await project.qmtl("world", "audit", "live");
  expect(audit.stdout).toContain("placed 1 of 1 orders of half");
});
