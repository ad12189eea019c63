import { expect, test } from "vitest";
import { fillAt } from "../backtest/fill-log.ts";
import { above, sma } from "../indicators/index.ts";
import { fraction } from "../schema/cell.ts";
import { ohlcv } from "../schema/schema.ts";
import { node, orders, strategy, stream, targetWeights } from "../strategy/index.ts";
import type { PlainPanel } from "./executor.ts";
import { inspectStrategy } from "./inspect.ts";
import { createReplay } from "./replay.ts";

const DAY = 86_400_000;

/** A share that is worth 10, and 5 after two for one. */
function panel(): PlainPanel {
  const closes = [10, 10, 10, 10, 5, 5, 5, 5];
  const column = () => Float64Array.from(closes);
  return {
    preset: "made-up",
    schema: { id: ohlcv.id, columns: ohlcv.columns, fold: ohlcv.fold },
    interval: "1d",
    calendar: "24x7",
    series: [
      {
        symbol: "A",
        tags: ["a"],
        stamps: Float64Array.from(closes, (_, i) => (i + 1) * DAY),
        columns: { open: column(), high: column(), low: column(), close: column(), volume: column() },
        actions: [{ time: 4 * DAY, kind: "split", ratio: 2 }],
      },
    ],
  };
}

function replay(built: ReturnType<typeof inspectStrategy>) {
  const panels = new Map(built.inspected.streams.map(({ node: index }) => [index, panel()]));
  const run = createReplay(built, {
    panels,
    instruments: [{ symbol: "A", currency: "USD", lot: 1, tick: 0 }],
    brokerage: {
      fee: { kind: "none" },
      slippage: { kind: "none" },
      fill: "next-open",
      act: { kind: "change" },
      maxStale: 5,
    },
    equity: 1000,
  });
  run.advance(Number.POSITIVE_INFINITY);
  return run.outcome().result;
}

test("a signal sees no jump where a share was split, and orders fill at the prices as quoted", () => {
  const trend = strategy({
    name: "above-its-mean",
    params: {},
    graph() {
      const bars = stream({ schema: ohlcv, tags: ["a"], interval: "1d" });
      const held = node({
        name: "held",
        inputs: { close: bars.close, mean: sma(bars.close, 2) },
        output: { weight: fraction },
        compute: ({ close, mean }) => ({ weight: close >= mean ? 1 : 0 }),
      });
      return targetWeights(held.weight);
    },
  });
  const result = replay(inspectStrategy(trend, { runId: "r" }));
  const fills = Array.from(result.fills.time, (_, i) => fillAt(result, i));
  expect(fills.map(({ kind, quantity, price }) => [kind, quantity, price])).toEqual([
    ["target", 100, 10],
    ["split", 100, 0],
  ]);
  expect([result.finalEquity, result.positions[0]?.quantity]).toEqual([1000, 200]);
});

test("a stream of raw prices sees them as quoted, beside the adjusted one", () => {
  const both = strategy({
    name: "two-views",
    params: {},
    graph() {
      const adjusted = stream({ schema: ohlcv, tags: ["a"], interval: "1d" });
      const quoted = stream({ schema: ohlcv, tags: ["a"], interval: "1d", prices: "raw" });
      return orders({ long: { enter: above(adjusted.close, quoted.close), size: 0.5, limit: quoted.close } });
    },
  });
  const result = replay(inspectStrategy(both, { runId: "r" }));
  // Above only after the split; the limit is a price that is quoted then.
  expect(Array.from(result.fills.time)).toEqual([6 * DAY]);
  expect(result.fills.price[0]).toBe(5);
});
