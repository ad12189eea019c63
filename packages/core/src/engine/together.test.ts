import { expect, test } from "vitest";
import { aroundTheClock } from "../data/calendar/around-the-clock.ts";
import type { Panel } from "../data/panel.ts";
import { f64, price } from "../schema/cell.ts";
import { schema } from "../schema/schema.ts";
import { resample } from "../strategy/clock.ts";
import { dataset } from "../strategy/decision.ts";
import { aggregate, crossSection } from "../strategy/node.ts";
import { buildGraph, strategy } from "../strategy/strategy.ts";
import { stream } from "../strategy/stream.ts";
import { createExecution } from "./create-execution.ts";

const HOUR = 3_600_000;
const closes = schema("test.close@1", { close: price });
const hourly = stream({ schema: closes, tags: ["x"], interval: "1h" });
const long = resample(hourly.close, "4h");
const counted = aggregate({
  name: "counted",
  inputs: { close: long },
  output: { count: f64 },
  compute: ({ close }) => ({ count: close.length }),
});
const shared = crossSection({
  name: "shared",
  inputs: { close: long },
  output: { share: f64 },
  compute: ({ close }, out) => {
    for (let i = 0; i < close.length; i++) out.share.set(i, 1 / close.length);
  },
});
const graph = buildGraph(
  strategy({
    name: "meeting",
    graph: () => dataset({ name: "d", features: { count: counted.count, share: shared.share }, labels: {} }),
  }),
  {},
);

/** The bars of A and B, by hour; the first longer bar of each ends at hour 4. */
function run(hours: Readonly<Record<"A" | "B", readonly number[]>>, to = Number.POSITIVE_INFINITY) {
  const series = (["A", "B"] as const).map((symbol) => {
    const stamps = Float64Array.from(hours[symbol], (hour) => hour * HOUR);
    return { symbol, tags: ["x"], stamps, columns: { close: stamps } };
  });
  const panel: Panel = { preset: "test", schema: closes, interval: "1h", calendar: aroundTheClock, series };
  const features = Object.values(graph.result.kind === "dataset" ? graph.result.features : {});
  const execution = createExecution({ graph, panels: new Map([[0, panel]]), keep: features });
  execution.advance(to);
  const [count, share] = features.map((ref) =>
    execution
      .kept(ref)
      .series.map(({ stamps, values, firstValid, computed }) =>
        Array.from({ length: computed - firstValid }, (_, at) => [
          stamps[firstValid + at]! / HOUR,
          values[firstValid + at]!,
        ]),
      ),
  );
  return { count: count![0]!, share: { A: share![0]!, B: share![1]! } };
}

test("symbols meet where their bars end together", () => {
  const { count, share } = run({ A: [1, 2, 3, 4, 8], B: [1, 4, 5, 6, 7, 8] });
  expect(count).toEqual([
    [4, 2],
    [8, 2],
  ]);
  expect(share).toEqual({
    A: share.B,
    B: [
      [4, 0.5],
      [8, 0.5],
    ],
  });
});

test("nobody waits for a symbol whose last shorter bar is missing", () => {
  // B's bar that ends at 4 shows only at 5, when A's comparison of 4 is over.
  const hours = { A: [1, 2, 3, 4, 5, 8], B: [1, 2, 3, 5, 8] };
  const { count, share } = run(hours);
  expect(count).toEqual([
    [4, 1],
    [8, 2],
  ]);
  expect(share).toEqual({
    A: [
      [4, 1],
      [8, 0.5],
    ],
    B: [[8, 0.5]],
  });
  expect(run(hours, 4 * HOUR).share).toEqual({ A: [[4, 1]], B: [] });
});

test("a bar that all of its symbols know late is late, and there", () => {
  const hours = { A: [1, 2, 3, 5, 8], B: [1, 3, 5, 8] };
  expect(run(hours, 4 * HOUR).count).toEqual([]);
  expect(run(hours, 5 * HOUR).count).toEqual([[4, 2]]);
});

test("what is known only after a later bar is left out of an aggregate", () => {
  // A's bar that ends at 4 shows at 9; B's that ends at 8 shows at 8.
  const hours = { A: [1, 2, 3, 9, 12], B: [5, 6, 7, 8, 12] };
  expect(run(hours).count).toEqual([
    [8, 1],
    [12, 2],
  ]);
  expect(run(hours, 8 * HOUR).count).toEqual([[8, 1]]);
  expect(run(hours).share.A).toEqual([
    [4, 1],
    [12, 0.5],
  ]);
});
