import { expect, test } from "vitest";
import { aroundTheClock } from "../data/calendar/around-the-clock.ts";
import type { Panel } from "../data/panel.ts";
import { above } from "../indicators/above.ts";
import { sma } from "../indicators/sma.ts";
import { when } from "../indicators/when.ts";
import { f64, price } from "../schema/cell.ts";
import { schema } from "../schema/schema.ts";
import { dataset } from "../strategy/decision.ts";
import { node } from "../strategy/node.ts";
import { buildGraph, strategy } from "../strategy/strategy.ts";
import { stream } from "../strategy/stream.ts";
import { createExecution } from "./create-execution.ts";
import type { Execution } from "./execution.ts";

const closes = schema("test.close@1", { close: price });

/** The same literal each time, with another captured number. */
function scaled(factor: number): Float64Array {
  const graph = buildGraph(
    strategy({
      name: "scaled",
      graph() {
        const bars = stream({ schema: closes, tags: ["x"], interval: "1h" });
        const out = node({
          name: "out",
          inputs: { close: bars.close },
          output: { y: f64 },
          state: () => ({ rows: 0 }),
          compute: ({ close }, state) => {
            state.rows++;
            return { y: close * factor + state.rows };
          },
        });
        return dataset({ name: "d", features: { y: out.y }, labels: {} });
      },
    }),
    {},
  );
  const stamps = Float64Array.from({ length: 8 }, (_, hour) => (hour + 1) * 3_600_000);
  const series = [{ symbol: "A", tags: ["x"], stamps, columns: { close: Float64Array.from(stamps.keys()) } }];
  const panel: Panel = { preset: "test", schema: closes, interval: "1h", calendar: aroundTheClock, series };
  const [ref] = Object.values(graph.result.kind === "dataset" ? graph.result.features : {});
  const execution = createExecution({ graph, panels: new Map([[0, panel]]), keep: [ref!], userLoop: "generated" });
  execution.advance(Number.POSITIVE_INFINITY);
  return execution.kept(ref!).series[0]!.values.slice(0, 8) as Float64Array;
}

test("one literal laid out again keeps what it captured and starts with a state of its own", () => {
  const expected = (factor: number) => Float64Array.from({ length: 8 }, (_, k) => k * factor + k + 1);
  expect(scaled(2)).toEqual(expected(2));
  expect(scaled(3)).toEqual(expected(3));
  expect(scaled(2)).toEqual(expected(2));
});

/** Two averages and their difference, which are one chain. */
function spread(fast: number, slow: number, rows: number) {
  const graph = buildGraph(
    strategy({
      name: "spread",
      graph() {
        const { close } = stream({ schema: closes, tags: ["x"], interval: "1h" });
        const y = when(above(sma(close, fast), sma(close, slow)), fast, slow, f64);
        return dataset({ name: "d", features: { y }, labels: {} });
      },
    }),
    {},
  );
  const stamps = Float64Array.from({ length: rows }, (_, hour) => (hour + 1) * 3_600_000);
  const close = stamps.map((_, hour) => 100 + ((hour * 7919) % 13));
  const series = [{ symbol: "A", tags: ["x"], stamps, columns: { close } }];
  const panel: Panel = { preset: "test", schema: closes, interval: "1h", calendar: aroundTheClock, series };
  const [ref] = Object.values(graph.result.kind === "dataset" ? graph.result.features : {});
  const make = (userLoop: "generated" | "shared") =>
    createExecution({ graph, panels: new Map([[0, panel]]), keep: [ref!], userLoop });
  return { make, read: (execution: Execution) => execution.kept(ref!).series[0]!.values.slice() };
}

test("a chain that two executions share keeps them apart, hour by hour", () => {
  const alone = ([spread(2, 5, 40), spread(3, 11, 90)] as const).map(({ make, read }) => {
    const execution = make("shared");
    execution.advance(Number.POSITIVE_INFINITY);
    return read(execution);
  });
  const together = [spread(2, 5, 40), spread(3, 11, 90)].map((of) => ({ ...of, execution: of.make("generated") }));
  for (let count = 1; count <= 90; count++)
    for (const { execution } of together) execution.reach(Math.min(count, execution.clock().length));
  expect(together.map(({ execution, read }) => read(execution))).toEqual(alone);
});
