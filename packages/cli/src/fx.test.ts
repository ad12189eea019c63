import type { RunEvent, SubmitResult, TradedRecord } from "@qmtl/core";
import { expect, test } from "vitest";
import { makeProject, strategyText } from "./project.test.kit.ts";
import { paperWorld } from "./run/runner.test.kit.ts";

const STRATEGY = "strategies/trend.ts";
const universe = (currency: string) =>
  `{ id: daily, preset: samples.sp500, interval: 1d, calendar: XNYS, gaps: mark,
        universe: { symbols: [{ id: SPX, tags: [us-index], currency: ${currency}, lot: 0.0001, tick: 0.01 }] } }`;
const world = (id: string, currency: string, fx = "") =>
  paperWorld({ id, preset: universe(currency) }).replace("brokerage:", `${fx}brokerage:`);
const RATES = "  fx: [{ currency: EUR, preset: samples.fx, symbol: EURUSD, interval: 1d, calendar: 24x7 }]\n";

interface Stored {
  readonly times: readonly number[];
  readonly equity: readonly number[];
}

test("a symbol in euros is evaluated, shared out and traded in the account's dollars, and refused without rates", async () => {
  const project = makeProject({
    [STRATEGY]: strategyText({ name: "trend" }),
    "worlds/dollars.yml": world("dollars", "USD"),
    "worlds/euros.yml": world("euros", "EUR", RATES),
    "worlds/refused.yml": world("refused", "EUR"),
    "worlds/column.yml": world("column", "EUR", RATES.replace("24x7 }", "24x7, column: mid }")),
  });
  const submit = async (id: string) => project.submit(STRATEGY, "--world", id);
  const refused = await submit("refused");
  expect(refused.code).toBe(2);
  expect(refused.stderr + refused.stdout).toContain("no rates of EUR are declared");
  expect((await submit("column")).error).toMatchObject({ code: "data.no-rates" });

  const dollars = (await submit("dollars")).result;
  const euros: SubmitResult = (await submit("euros")).result;
  expect([dollars.status, euros.status]).toEqual(["active", "active"]);
  const [, rates] = euros.dataset!.streams;
  expect(rates).toMatchObject({ preset: "fx.EUR", source: "samples.fx", symbols: ["EURUSD"], findings: [] });
  expect(euros.dataset!.fingerprint).not.toBe(dollars.dataset!.fingerprint);

  const stored = async (id: string): Promise<Stored> => {
    const evaluation = (await project.journal(id))
      .map(({ body }) => body as never as { kind: string; objects: { run: string } })
      .find(({ kind }) => kind === "evaluation")!;
    return JSON.parse(Buffer.from((await project.object(id, evaluation.objects.run))!).toString()) as Stored;
  };
  const [plain, converted] = [await stored("dollars"), await stored("euros")];
  expect(converted.times).toEqual(plain.times);
  expect(converted.equity.at(-1)).not.toBeCloseTo(plain.equity.at(-1)!, 0);

  // The same to the last bit where rates come in beside the bars.
  const run = await project.qmtl(
    "run",
    STRATEGY,
    "--world",
    "euros",
    "--feed",
    "replay",
    "--session",
    "same",
    "--json",
  );
  expect(run.code).toBe(0);
  const traded = (await project.journal("euros", "paper.same")).flatMap(({ body }) =>
    (body as unknown as TradedRecord).kind === "traded" ? [body as unknown as TradedRecord] : [],
  );
  expect(traded.flatMap(({ periods }) => periods.map(({ equity }) => equity))).toEqual(converted.equity.slice(1));
  const last = JSON.parse(run.stdout.trim().split("\n").at(-1)!) as Extract<RunEvent, { kind: "stopped" }>;
  expect(last).toMatchObject({ kind: "stopped", bars: traded.reduce((sum, { bars }) => sum + bars, 0) });
});
