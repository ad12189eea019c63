import { expect, test } from "vitest";
import { returns, sma } from "../indicators/index.ts";
import { forwardReturns } from "../labels/forward-return.ts";
import { barrierLabels } from "../labels/triple-barrier.ts";
import { fraction } from "../schema/cell.ts";
import { isQmtlError } from "../schema/error.ts";
import { ohlcv } from "../schema/schema.ts";
import {
  aggregate,
  dataset,
  forwardReturn,
  node,
  strategy,
  stream,
  targetWeights,
  tripleBarrier,
} from "../strategy/index.ts";
import { buildDataset, type DatasetRows } from "./build-dataset.ts";
import type { PlainPanel } from "./executor.ts";
import { inspectDataset, inspectStrategy } from "./inspect.ts";

const DAY = 86_400_000;
const HORIZON = 3;

const training = strategy({
  name: "training",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["a"], interval: "1d" });
    const width = node({
      name: "width",
      inputs: { close: bars.close, mean: sma(bars.close, 4) },
      output: { width: fraction },
      compute: ({ close, mean }) => ({ width: 0.01 + Math.abs(close / mean - 1) }),
    });
    const breadth = aggregate({
      name: "breadth",
      inputs: { close: bars.close },
      output: { mean: fraction },
      compute: ({ close }) => {
        let sum = 0;
        for (let i = 0; i < close.length; i++) sum += close.at(i);
        return { mean: sum / close.length };
      },
    });
    const barrier = tripleBarrier(bars.close, { volatility: width.width, profit: 1, loss: 1, bars: HORIZON });
    return dataset({
      name: "features",
      features: { week: returns(bars.close, 5), width: width.width, breadth: breadth.mean },
      labels: { next: forwardReturn(bars.close, HORIZON), outcome: barrier.outcome, net: barrier.net },
    });
  },
});
const built = inspectDataset(training, { runId: "r" });

const CLOSES = Float64Array.from({ length: 60 }, (_, row) => 100 + 10 * Math.sin(row) + ((row * 7) % 5));

/** A from the first day on, B from the tenth, up to a day. */
function panels(last = CLOSES.length): ReadonlyMap<number, PlainPanel> {
  const series = [
    { symbol: "A", from: 0 },
    { symbol: "B", from: 10 },
  ].map(({ symbol, from }) => {
    const close = CLOSES.slice(from, last);
    return {
      symbol,
      tags: ["a"],
      stamps: close.map((_, row) => (from + row + 1) * DAY),
      columns: { open: close, high: close, low: close, close, volume: close },
    };
  });
  const panel: PlainPanel = {
    preset: "made-up",
    schema: { id: ohlcv.id, columns: ohlcv.columns, fold: ohlcv.fold },
    interval: "1d",
    calendar: "24x7",
    series,
  };
  return new Map(built.inspected.streams.map(({ node: index }) => [index, panel]));
}

const { columns, series } = buildDataset(built, panels());

test("a row is there where all features are warm, per symbol, with the market's value beside its own", () => {
  expect(series.map(({ symbol, stamps }) => [symbol, stamps[0]! / DAY, stamps.length])).toEqual([
    ["A", 6, 55],
    ["B", 16, 45],
  ]);
  const [a] = series;
  expect(a?.cells["week"]?.[0]).toBe((CLOSES[5]! - CLOSES[0]!) / CLOSES[0]!);
  // On the sixth day the market is A alone.
  expect(a?.cells["breadth"]?.[0]).toBe(CLOSES[5]);
});

test("labels are those of each bar's own future, with the instant from which they are known", () => {
  const [a] = series;
  const next = forwardReturns(CLOSES, HORIZON);
  const width = a!.cells["width"]!;
  const shown = CLOSES.slice(5);
  const barriers = barrierLabels(shown, width, { side: "long", profit: 1, loss: 1, bars: HORIZON });
  const knownAt = (known: Int32Array, first: number): number[] =>
    Array.from(known, (row) => (row < 0 ? Number.NaN : (row + 1 + first) * DAY));
  expect(a?.cells["next"]).toEqual(next.value.slice(5));
  expect(Array.from(a!.known["next"]!)).toEqual(knownAt(next.known, 0).slice(5));
  expect(a?.cells["net"]).toEqual(barriers.net);
  expect(Array.from(a!.cells["outcome"]!)).toEqual(Array.from(barriers.outcome, (sign) => sign + 1));
  expect(Array.from(a!.known["outcome"]!)).toEqual(knownAt(barriers.known, 5));
  expect(new Set(barriers.outcome).size).toBeGreaterThan(2);
});

test("each column says whether it looks ahead, how far, and which computation it is", () => {
  const idOf = (label: string) => built.inspected.nodes.find((one) => one.label === label)?.id;
  expect(columns.map(({ name, role, causal, bars }) => [name, role, causal, bars])).toEqual([
    ["week", "feature", true, 0],
    ["width", "feature", true, 0],
    ["breadth", "feature", true, 0],
    ["next", "label", false, HORIZON],
    ["outcome", "label", false, HORIZON],
    ["net", "label", false, HORIZON],
  ]);
  expect(columns.find(({ name }) => name === "width")).toMatchObject({ node: idOf("width"), output: "width" });
  expect(columns.find(({ name }) => name === "outcome")?.cell).toEqual({
    dtype: "categorical",
    values: ["loss", "timeout", "profit"],
  });
});

test("what a row says does not change with later data, but for labels that become known", () => {
  for (const last of [20, 33, 47]) {
    const early = buildDataset(built, panels(last)).series;
    for (const [s, { symbol, stamps, cells, known }] of early.entries()) {
      const whole = series[s] as DatasetRows;
      expect([symbol, ...stamps]).toEqual([whole.symbol, ...whole.stamps.subarray(0, stamps.length)]);
      for (const { name, role } of columns)
        for (let row = 0; row < stamps.length; row++) {
          const since = role === "label" ? whole.known[name]![row]! : stamps[row]!;
          expect(cells[name]![row]).toBe(since <= last * DAY ? whole.cells[name]![row] : Number.NaN);
          if (role === "label") expect(known[name]![row]).toBe(since <= last * DAY ? since : Number.NaN);
        }
    }
  }
});

test("who decides builds no dataset, and a dataset is not submitted: each is told the other way", () => {
  const decides = strategy({
    name: "decides",
    graph() {
      const bars = stream({ schema: ohlcv, tags: ["a"], interval: "1d" });
      const held = node({
        name: "held",
        inputs: { close: bars.close },
        output: { weight: fraction },
        compute: () => ({ weight: 1 }),
      });
      return targetWeights(held.weight);
    },
  });
  const told = (work: () => unknown): readonly string[] => {
    try {
      work();
      return [];
    } catch (error) {
      return isQmtlError(error) ? [error.code, error.next ?? ""] : [];
    }
  };
  expect(told(() => inspectDataset(decides, { runId: "r" }))).toEqual([
    "runner.no-dataset",
    expect.stringContaining("qmtl submit"),
  ]);
  expect(told(() => inspectStrategy(training, { runId: "r" }))).toEqual([
    "runner.dataset-only",
    expect.stringContaining("qmtl dataset FILE --world W --out DIR"),
  ]);
});

test("a forward return is missing where one of its two closes is", () => {
  const { value, known } = forwardReturns(Float64Array.of(100, Number.NaN, 110, 0, 121), 2);
  expect(Array.from(value)).toEqual([10 / 100, Number.NaN, 11 / 110, Number.NaN, Number.NaN]);
  expect(Array.from(known)).toEqual([2, -1, 4, -1, -1]);
});
