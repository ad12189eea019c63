import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent, TradedRecord } from "@qmtl/core";
import { afterEach, expect, test } from "vitest";
import { configText } from "../project.test.kit.ts";
import { crossText, endRunners, isBars, isOpen, paperProject, paperWorld, startRunner } from "./runner.test.kit.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1);
const STRATEGY = "strategies/cross.ts";
const LIVE = ["--world", "live"] as const;

const price = (hour: number): number => Number((100 + 5 * Math.sin(hour / 3) + (hour % 5)).toFixed(4));
const rate = (hour: number): number => Number((1.1 + 0.05 * Math.sin(hour / 7)).toFixed(5));

const rowsOf =
  (value: (hour: number) => number) =>
  (from: number, to: number): string =>
    Array.from({ length: to - from + 1 }, (_, i) => {
      const [open, close] = [value(from + i - 0.5), value(from + i)];
      const time = new Date(START + (from + i) * HOUR).toISOString();
      return `${time},${open},${Math.max(open, close)},${Math.min(open, close)},${close},1000\n`;
    }).join("");
const [bars, rates] = [rowsOf(price), rowsOf(rate)];

const HEADER = "time,open,high,low,close,volume\n";
const file = (path: string, symbol: string): string =>
  `{ path: "${path}", symbol: "${symbol}", format: "csv", stamp: "end", time: { column: "time" }, interval: "1h", calendar: "24x7", grows: true }`;

afterEach(endRunners);

test("bars in another currency and its rates come in beside each other, in any order: the account is that of a replay", async () => {
  const project = await paperProject(
    {
      "qmtl.config.ts": configText({
        plugins: [
          `use(dataFiles, { presets: { hours: ${file("bars.csv", "A")}, rates: ${file("rates.csv", "EURUSD")} } })`,
          "use(evaluatorStandard)",
          "use(allocatorEqual)",
          "use(storageSqlite)",
        ],
      }),
      "bars.csv": HEADER + bars(1, 600),
      "rates.csv": HEADER + rates(1, 600),
      [STRATEGY]: crossText("cross").replace('"1d"', '"1h"').replace('["us-index"]', '["it"]'),
      "worlds/live.yml": paperWorld({
        id: "live",
        preset: `{ id: hours, preset: files.hours, interval: 1h, calendar: 24x7, gaps: refuse,
        universe: { symbols: [{ id: A, tags: [it], currency: EUR, lot: 0.01, tick: 0.0001 }] } }`,
      }).replace(
        "brokerage:",
        "  fx: [{ currency: EUR, preset: files.rates, symbol: EURUSD, interval: 1h, calendar: 24x7 }]\nbrokerage:",
      ),
    },
    [STRATEGY],
    "live",
  );
  const add = (name: "bars" | "rates", text: string): void => appendFileSync(join(project.root, `${name}.csv`), text);
  const after = (hour: number) => (event: RunEvent) => isBars(event) && event.to >= START + hour * HOUR;

  const first = startRunner(project, STRATEGY, ...LIVE);
  await first.seen(isOpen);
  await first.seen(after(600));
  add("bars", bars(601, 605));
  add("rates", rates(601, 605));
  await first.seen(after(605));
  add("rates", rates(606, 615));
  add("bars", bars(606, 612));
  await first.seen(after(612));
  first.process.kill("SIGKILL");
  await first.ended;
  add("bars", bars(613, 620));
  const second = startRunner(project, STRATEGY, ...LIVE);
  await second.seen(after(615));
  add("rates", rates(616, 640));
  await second.seen(after(620));
  add("bars", bars(621, 640));
  await second.seen(after(640));
  second.process.kill("SIGTERM");
  expect(await second.ended).toMatchObject({ code: 0 });

  const from = new Date(START + 600 * HOUR).toISOString();
  const replay = await project.qmtl("run", STRATEGY, ...LIVE, "--feed", "replay", "--from", from, "--session", "same");
  expect(replay).toMatchObject({ code: 0 });
  const tradedIn = async (account: string) => {
    const all = (await project.journal("live", `paper.${account}`)).flatMap(({ body }) =>
      (body as unknown as TradedRecord).kind === "traded" ? [body as unknown as TradedRecord] : [],
    );
    return {
      bars: all.reduce((sum, one) => sum + one.bars, 0),
      orders: all.flatMap(({ orders }) => orders),
      fills: all.flatMap(({ fills }) => fills),
      periods: all.flatMap(({ periods }) => periods),
      equity: all.at(-1)?.standing.equity,
    };
  };
  const live = await tradedIn("cross");
  expect(live).toEqual(await tradedIn("same"));
  expect(live.bars).toBe(41);
  expect(live.fills.length).toBeGreaterThan(3);
});
