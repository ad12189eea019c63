import { expect, test } from "vitest";
import { aroundTheClock } from "../data/calendar/around-the-clock.ts";
import type { Panel } from "../data/panel.ts";
import { sma } from "../indicators/index.ts";
import { f64, price, unit } from "../schema/cell.ts";
import { schema } from "../schema/schema.ts";
import { align, cast, pick, resample } from "../strategy/clock.ts";
import { dataset } from "../strategy/decision.ts";
import { node } from "../strategy/node.ts";
import { buildGraph, strategy } from "../strategy/strategy.ts";
import { stream } from "../strategy/stream.ts";
import { createExecution } from "./create-execution.ts";

const HOUR = 3_600_000;
const quotes = schema("test.quotes@1", { close: price, score: f64 });

const graph = buildGraph(
  strategy({
    name: "means",
    graph() {
      const bars = stream({ schema: quotes, tags: ["x"], interval: "1h" });
      const same = node({
        name: "same",
        inputs: { close: bars.close },
        output: { close: price },
        compute: ({ close }) => ({ close }),
      });
      const mean = (column: unknown) => sma(column as typeof bars.close, 7);
      const features = {
        price: mean(bars.close),
        renamed: mean(cast(bars.close, unit(f64, "points"))),
        picked: mean(pick(bars, "B").close),
        aligned: mean(align(bars.close, bars, { maxAge: 1 })),
        last: resample(mean(resample(bars.close, "4h")), "1h"),
        highest: resample(mean(resample(bars.close, "4h", "max")), "1h"),
        mean: resample(mean(resample(bars.close, "4h", "mean")), "1h"),
        score: mean(bars.score),
        computed: mean(same.close),
      };
      return dataset({ name: "means", features: features as never, labels: {} });
    },
  }),
  {},
);

function run(ticks: Readonly<Record<string, number>>): Readonly<Record<string, readonly Float64Array[]>> {
  const stamps = Float64Array.from({ length: 400 }, (_, row) => (row + 1) * HOUR);
  // Tenths whose sums round in doubles.
  const close = stamps.map((_, row) => (1000 + ((row * 7919) % 613)) / 10);
  const panel: Panel = {
    preset: "test",
    schema: quotes,
    interval: "1h",
    calendar: aroundTheClock,
    series: ["A", "B"].map((symbol) => ({
      symbol,
      tags: ["x"],
      stamps,
      columns: { close, score: close },
      ...(ticks[symbol] !== undefined && { tick: ticks[symbol] }),
    })),
  };
  const features = graph.result.kind === "dataset" ? graph.result.features : {};
  const execution = createExecution({ graph, panels: new Map([[0, panel]]), keep: Object.values(features) });
  execution.advance(Number.POSITIVE_INFINITY);
  return Object.fromEntries(
    Object.entries(features).map(([name, ref]) => [
      name,
      execution.kept(ref).series.map(({ values }) => values as Float64Array),
    ]),
  );
}

test("a tick reaches the means of prices as they are, under other names and clocks, and of nothing that was computed", () => {
  const [plain, both] = [run({}), run({ A: 0.1, B: 0.1 })];
  const exact = Object.keys(both).filter((name) =>
    both[name]!.some((values, s) => !sameCells(values, plain[name]![s]!)),
  );
  expect(exact.sort()).toEqual(["aligned", "highest", "last", "picked", "price", "renamed"]);
});

test("each symbol has the tick that it declares", () => {
  const [plain, one] = [run({}), run({ A: 0.1 })];
  expect(sameCells(one["price"]![0]!, plain["price"]![0]!)).toBe(false);
  expect(sameCells(one["price"]![1]!, plain["price"]![1]!)).toBe(true);
  expect(sameCells(one["picked"]![0]!, plain["picked"]![0]!)).toBe(true);
});

function sameCells(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((value, row) => Object.is(value, b[row]));
}
