import { describe, expect, test } from "vitest";
import { aroundTheClock } from "../data/calendar/around-the-clock.ts";
import type { Panel } from "../data/panel.ts";
import { ohlcv } from "../schema/index.ts";
import { compareKnown } from "./restated.ts";

const DAY = 86_400_000;
const ROWS = 50;

type Prices = Readonly<Record<string, readonly (readonly [day: number, close: number])[]>>;

function panel(prices: Prices): Panel {
  return {
    preset: "daily",
    schema: { id: ohlcv.id, columns: ohlcv.columns, fold: ohlcv.fold },
    interval: "1d",
    calendar: aroundTheClock,
    series: Object.entries(prices).map(([symbol, rows]) => ({
      symbol,
      tags: [],
      stamps: Float64Array.from(rows, ([day]) => day * DAY),
      columns: { close: Float64Array.from(rows, ([, close]) => close), volume: Float64Array.from(rows, () => 1) },
    })),
  };
}

const closes = (change: (day: number) => number | undefined = (day) => 100 + day, rows = ROWS) =>
  Array.from({ length: rows }, (_, row) => row + 1).flatMap((day): [number, number][] => {
    const close = change(day);
    return close === undefined ? [] : [[day, close]];
  });

const compare = (now: Prices, before: Prices, cut = 40) =>
  compareKnown({
    cut: cut * DAY,
    now: panel(now),
    before: panel(before),
    symbols: Object.keys(now),
    columns: ["close", "volume"],
    node: { index: 3, label: "stream" },
  });

describe("nothing is found", () => {
  test.each<[string, Prices, Prices]>([
    ["where the same was known", { A: closes() }, { A: closes(undefined, 40) }],
    [
      "where both hold no value",
      { A: closes((d) => (d === 9 ? Number.NaN : d)) },
      { A: closes((d) => (d === 9 ? Number.NaN : d), 40) },
    ],
    ["where the newest bars were not out yet", { A: closes() }, { A: closes(undefined, 37) }],
    [
      "where only what comes after the cut differs",
      { A: closes() },
      { A: closes((day) => (day > 40 ? 1 : 100 + day)) },
    ],
    ["for a symbol that begins after the cut", { A: closes(), LATE: [[45, 1]] }, { A: closes(undefined, 40) }],
    ["for a symbol that ended", { A: closes(undefined, 20) }, { A: closes(undefined, 20) }],
  ])("%s", (_where, now, before) => {
    expect(compare(now, before)).toEqual([]);
  });
});

describe("what changed is named", () => {
  test("one bar, where it is first", () => {
    const found = compare(
      { A: closes((day) => (day === 12 ? 1 : 100 + day)), B: closes((day) => (day === 7 ? 2 : day)) },
      {
        A: closes(undefined, 40),
        B: closes((day) => day, 40),
      },
    );
    expect(found).toMatchObject([
      {
        kind: "restated",
        severity: "doubt",
        index: 3,
        node: "stream",
        column: "close",
        symbol: "B",
        bar: 7 * DAY,
        values: { "known then": 7, now: 2 },
        message: expect.stringContaining("one bar of B"),
      },
    ]);
  });

  test("an adjustment, by its factor", () => {
    const found = compare(
      { A: closes((day) => (day < 30 ? (100 + day) / 2 : 100 + day)) },
      { A: closes(undefined, 40) },
    );
    expect(found[0]?.message).toMatch(/29 bars of A .* multiplied by 0\.5 now/);
    expect(found[0]?.hint).toMatch(/adjusted forward/);
  });

  test("several bars that changed each in its own way are no adjustment", () => {
    const found = compare({ A: closes((day) => (day < 4 ? 1 : 100 + day)) }, { A: closes(undefined, 40) });
    expect(found[0]?.message).toMatch(/3 bars of A up to there hold another value now/);
  });

  test("a value that is not finite then, or now", () => {
    const [lost] = compare({ A: closes((day) => (day === 3 ? Number.NaN : day)) }, { A: closes((day) => day, 40) });
    expect(lost?.values).toEqual({ "known then": 3, now: null });
  });

  test("bars that were added or taken away in between", () => {
    for (const [now, before] of [
      [closes(), closes((day) => (day === 5 ? undefined : 100 + day), 40)],
      [closes((day) => (day === 5 ? undefined : 100 + day)), closes(undefined, 40)],
    ] as const)
      expect(compare({ A: now }, { A: before })).toMatchObject([{ kind: "restated", symbol: "A", bar: 5 * DAY }]);
  });

  test("symbols that were not there", () => {
    const now = Object.fromEntries(["A", "B", "C", "D", "E", "F", "G"].map((symbol) => [symbol, closes()]));
    const found = compare(now, { A: closes(undefined, 40) });
    expect(found).toMatchObject([{ kind: "survivor", severity: "doubt", symbol: "B", bar: DAY }]);
    expect(found[0]?.message).toMatch(/^B, C, D, E, F and 1 more of preset daily have bars/);
    expect(compare({ A: closes() }, { A: [] })[0]?.message).toMatch(
      /^A of preset daily has bars .* it was chosen later$/,
    );
  });
});
