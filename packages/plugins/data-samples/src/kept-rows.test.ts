import type { ColumnBatch, SeriesKey } from "@qmtl/core/plugin";
import { expect, test } from "vitest";
import { keepRows } from "./kept-rows.ts";

const seriesOf = (symbol: string): SeriesKey => ({ preset: "panel", symbol, interval: "1h" });

function keeper(rows: Readonly<Record<string, number>>) {
  const made: string[] = [];
  const rowsOf = keepRows(10, async ({ symbol }): Promise<ColumnBatch> => {
    made.push(symbol);
    if (rows[symbol] === undefined) throw new Error(`no ${symbol}`);
    return { time: new Float64Array(rows[symbol]), columns: {} };
  });
  return { made, ask: (symbol: string) => rowsOf(seriesOf(symbol)) };
}

test("a series is made once, also for those who ask while it is made", async () => {
  const { made, ask } = keeper({ A: 3 });
  const [first, second] = await Promise.all([ask("A"), ask("A")]);
  expect(second).toBe(first);
  expect(await ask("A")).toBe(first);
  expect(made).toEqual(["A"]);
});

test("what was not asked for longest goes first", async () => {
  const { made, ask } = keeper({ A: 4, B: 4, C: 4 });
  for (const symbol of ["A", "B", "A", "C"]) await ask(symbol);
  await ask("A");
  expect(made).toEqual(["A", "B", "C"]);
  await ask("B");
  expect(made).toEqual(["A", "B", "C", "B"]);
});

test("a series that is longer than what may be kept is kept alone", async () => {
  const { made, ask } = keeper({ A: 4, long: 50 });
  for (const symbol of ["A", "long", "long", "A"]) await ask(symbol);
  expect(made).toEqual(["A", "long", "A"]);
});

test("a series that could not be made is made anew", async () => {
  const { made, ask } = keeper({});
  await expect(ask("A")).rejects.toThrow("no A");
  await expect(ask("A")).rejects.toThrow("no A");
  expect(made).toEqual(["A", "A"]);
});
