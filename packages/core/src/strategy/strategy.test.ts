import { describe, expect, test } from "vitest";
import { cross, returns, sma } from "../indicators/index.ts";
import { bool, f64, fraction, i32, price, quantity } from "../schema/cell.ts";
import { isQmtlError } from "../schema/error.ts";
import { ohlcv, schema } from "../schema/schema.ts";
import type { GraphNode, StrategyGraph } from "./graph.ts";
import {
  aggregate,
  align,
  barTime,
  cast,
  dataset,
  forwardReturn,
  node,
  orders,
  param,
  pick,
  resample,
  rng,
  strategy,
  stream,
  targetPositions,
  targetWeights,
  tripleBarrier,
  window,
} from "./index.ts";
import { buildGraph, isStrategy, resolveParams, type Strategy } from "./strategy.ts";

const daily = () => stream({ schema: ohlcv, tags: ["x"], interval: "1d" });
const flat = (name = "flat") =>
  node({
    name,
    inputs: { close: daily().close },
    output: { w: fraction, up: bool },
    compute: () => ({ w: 0, up: true }),
  });

/** What a JavaScript caller may pass where types would object. */
const wrong = (value: unknown) => value as never;

function build(graph: () => unknown): StrategyGraph {
  return buildGraph(strategy({ name: "s", graph: wrong(graph) }), {});
}

function kinds(graph: StrategyGraph): string[] {
  return graph.nodes.map((each) => ("name" in each ? each.name : each.kind));
}

function at(graph: StrategyGraph, index: number): GraphNode {
  return graph.nodes[index] as GraphNode;
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (!isQmtlError(error)) throw error;
    expect(error.message).not.toBe("");
    expect(error.next).toMatch(/[.…]$/);
    return error.code;
  }
  return undefined;
}

describe("a graph", () => {
  test("has inputs before consumers, in the order of a walk from the result, each node once", () => {
    const graph = build(() => {
      const bars = daily();
      const slow = sma(bars.close, 30);
      const fast = sma(bars.close, 10);
      const unused = sma(bars.close, 99);
      const both = node({
        name: "both",
        inputs: { fast, slow, k: 3 },
        output: { w: fraction },
        compute: () => ({ w: 0 }),
      });
      void unused;
      return targetWeights(both.w);
    });
    expect(kinds(graph)).toEqual(["stream", "kernel", "kernel", "both"]);
    expect(graph.nodes.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(at(graph, 1)).toMatchObject({
      params: { bars: 10 },
      inputs: [{ read: { kind: "column", ref: { node: 0, column: "close" } } }],
    });
    expect(at(graph, 2)).toMatchObject({ params: { bars: 30 } });
    expect(at(graph, 3).inputs).toEqual([
      { name: "fast", read: { kind: "column", ref: { node: 1, column: "value" } } },
      { name: "slow", read: { kind: "column", ref: { node: 2, column: "value" } } },
      { name: "k", read: { kind: "constant", value: 3 } },
    ]);
    expect(graph.result).toEqual({
      kind: "targetWeights",
      interval: "1d",
      target: { kind: "panel", ref: { node: 3, column: "w" } },
    });
  });

  test("is the same, and frozen, however often it is built", () => {
    const bars = daily();
    const all = node({
      name: "all",
      inputs: { bars, recent: window(bars, 3) },
      output: { w: fraction },
      compute: () => ({ w: 1 }),
    });
    const made = strategy({ name: "s", graph: () => targetWeights(all.w) });
    expect(buildGraph(made, {})).toEqual(buildGraph(made, {}));
    const graph = buildGraph(made, {});
    expect(Object.isFrozen(graph) && Object.isFrozen(graph.nodes) && graph.nodes.every(Object.isFrozen)).toBe(true);
    const columns = ["open", "high", "low", "close", "volume"];
    expect(at(graph, 1).inputs).toEqual([
      { name: "bars", read: { kind: "panel", node: 0, columns } },
      { name: "recent", read: { kind: "window-panel", bars: 3, node: 0, columns } },
    ]);
  });

  test("of 5,000 nodes in a chain is laid out", () => {
    const graph = build(() => {
      let last = flat("n0");
      for (let i = 1; i < 5000; i++)
        last = node({
          name: `n${i}`,
          inputs: { w: last.w },
          output: { w: fraction, up: bool },
          compute: () => ({ w: 0, up: true }),
        });
      return targetWeights(last.w);
    });
    expect(graph.nodes).toHaveLength(5001);
    expect(
      graph.nodes.every(({ inputs, index }) => inputs.every(({ read }) => !("ref" in read) || read.ref.node < index)),
    ).toBe(true);
  });

  test("of a lattice, where paths multiply, lays out each node once", () => {
    const graph = build(() => {
      let last = flat("n0");
      for (let i = 1; i < 200; i++)
        last = node({
          name: `n${i}`,
          inputs: { a: last.w, b: last.w, c: last.up },
          output: { w: fraction, up: bool },
          compute: () => ({ w: 0, up: true }),
        });
      return targetWeights(last.w);
    });
    expect(graph.nodes).toHaveLength(201);
  });

  test("carries interval, scope, cells and domains", () => {
    const graph = build(() => {
      const bars = stream({ schema: ohlcv, tags: ["b", "a", "b"], match: "all", interval: "1h", gaps: "absent" });
      const days = resample(bars, "1d");
      const back = resample(days.close, "1h");
      const market = aggregate({
        name: "market",
        inputs: { c: bars.close },
        output: { mean: price },
        compute: () => ({ mean: 1 }),
      });
      const only = node({
        name: "only",
        inputs: { m: market.mean, spy: pick(bars, "SPY") },
        output: { x: f64 },
        compute: () => ({ x: 0 }),
      });
      const all = node({
        name: "all",
        inputs: { back, x: only.x, top: cross.rank(bars.close), time: barTime(bars), coin: rng(bars.close, 7) },
        output: { w: fraction },
        domains: ["live", "backtest"],
        state: () => ({}),
        warmup: 9,
        compute: () => ({ w: 0 }),
      });
      return targetWeights(cast(all.w, fraction));
    });
    const named = new Map(graph.nodes.map((each) => ["name" in each ? each.name : each.kind, each]));
    expect(at(graph, 0)).toMatchObject({
      tags: ["a", "b"],
      match: "all",
      gaps: "absent",
      interval: "1h",
      scope: "symbol",
    });
    expect(graph.nodes.filter(({ kind }) => kind === "resample")).toMatchObject([
      {
        direction: "longer",
        interval: "1d",
        fold: { open: "first", high: "max", low: "min", close: "last", volume: "sum" },
      },
      { direction: "shorter", interval: "1h", fold: {}, output: { close: price } },
    ]);
    expect(named.get("market")).toMatchObject({ scope: "market", interval: "1h" });
    expect(named.get("only")).toMatchObject({ scope: "market" });
    expect(named.get("all")).toMatchObject({ scope: "symbol", domains: ["backtest", "live"], warmup: 9 });
    expect(named.get("cross-kernel")).toMatchObject({ scope: "symbol", output: { value: fraction } });
    expect(named.get("rng")).toMatchObject({ seed: 7 });
    expect(named.get("cast")).toMatchObject({ to: fraction, output: { value: fraction } });
  });

  test("folds of a stream come through pick and align; one fold replaces them for a column", () => {
    const graph = build(() => {
      const hours = stream({
        schema: schema("a@1", { peak: price, n: i32 }, { peak: "max" }),
        tags: ["x"],
        interval: "1h",
      });
      const other = stream({ schema: ohlcv, tags: ["y"], interval: "1h" });
      const aligned = align(pick(other, "A"), hours, { maxAge: 4 });
      const days = resample(aligned, "1d");
      const all = node({
        name: "all",
        inputs: { days, own: resample(hours, "1d"), mean: resample(hours.peak, "1d", "mean") },
        output: { w: fraction },
        compute: () => ({ w: 0 }),
      });
      return targetWeights(all.w);
    });
    expect(graph.nodes.flatMap((each) => (each.kind === "resample" ? [each.fold] : []))).toEqual([
      { open: "first", high: "max", low: "min", close: "last", volume: "sum" },
      { peak: "max", n: "last" },
      { peak: "mean" },
    ]);
    expect(graph.nodes.find(({ kind }) => kind === "align")).toMatchObject({
      maxAge: 4,
      interval: "1h",
      scope: "symbol",
    });
  });

  test("decisions of every kind point at their columns", () => {
    const trade = build(() => {
      const { w, up } = flat();
      const stops = cast(w, price);
      return orders({
        long: { enter: up, size: w, stop: stops, expire: 5 },
        short: { enter: up, exit: up, size: 0.25, takeProfit: stops },
      });
    });
    expect(trade.result).toEqual({
      kind: "orders",
      interval: "1d",
      long: {
        enter: { node: 1, column: "up" },
        exit: undefined,
        size: { kind: "column", ref: { node: 1, column: "w" }, unit: "fraction" },
        stop: { node: 2, column: "value" },
        takeProfit: undefined,
        expire: 5,
      },
      short: {
        enter: { node: 1, column: "up" },
        exit: { node: 1, column: "up" },
        size: { kind: "constant", value: 0.25, unit: "fraction" },
        stop: undefined,
        takeProfit: { node: 2, column: "value" },
        expire: undefined,
      },
    });
    const named = build(() => {
      const bars = daily();
      return targetPositions({ B: cast(pick(bars, "B").close, quantity), A: cast(pick(bars, "A").close, quantity) });
    });
    expect(named.result).toMatchObject({ target: { kind: "per-symbol", columns: { B: { node: 2 }, A: { node: 4 } } } });
    const set = build(() => {
      const bars = daily();
      return dataset({ name: "d", features: { close: bars.close }, labels: { next: forwardReturn(bars.close, 5) } });
    });
    expect(set.result).toEqual({
      kind: "dataset",
      name: "d",
      interval: "1d",
      features: { close: { node: 0, column: "close" } },
      labels: { next: { node: 1, column: "value" } },
    });
    const turns = build(() => {
      const { close } = daily();
      const spec = { volatility: returns(close, 5), profit: 2, loss: 1, bars: 10 };
      const { outcome, net } = tripleBarrier(close, spec);
      return dataset({ name: "d", features: { close }, labels: { outcome, net } });
    });
    expect(turns.result).toMatchObject({
      labels: { outcome: { node: 2, column: "outcome" }, net: { node: 2, column: "net" } },
    });
    expect(turns.nodes[2]).toMatchObject({
      kind: "label",
      label: "triple-barrier",
      ...{ profit: 2, loss: 1, bars: 10, side: "long", cost: 0 },
      output: { outcome: { dtype: "categorical", values: ["loss", "timeout", "profit"] }, net: { unit: "fraction" } },
      inputs: [{ name: "close" }, { name: "volatility" }],
    });
  });
});

describe("handles", () => {
  test("have their columns as properties and nothing else", () => {
    const bars = daily();
    expect(Object.keys(bars)).toEqual(["open", "high", "low", "close", "volume"]);
    expect(Object.getPrototypeOf(bars)).toBeNull();
    expect(Object.keys(bars.close)).toEqual([]);
    expect(Object.isFrozen(bars) && Object.isFrozen(bars.close)).toBe(true);
    expect(window(bars.close, 7).bars).toBe(7);
  });
});

describe("params", () => {
  const made: Strategy = strategy({
    name: "s",
    params: {
      n: param.int(4, { min: 2, max: 9 }),
      x: param.float(0.5, { min: 0, max: 1, step: 0.1 }),
      mode: param.choice("a", ["a", "b"]),
    },
    graph: () => targetWeights(flat().w),
  });

  test("are the given ones over the defaults", () => {
    expect(resolveParams(made)).toEqual({ n: 4, x: 0.5, mode: "a" });
    expect(resolveParams(made, { n: 9, mode: "b" })).toEqual({ n: 9, x: 0.5, mode: "b" });
  });

  test.each([
    ["unknown", { fsat: 1 }, "strategy.unknown-param"],
    ["named as a member of every object", { toString: 1 }, "strategy.unknown-param"],
    ["below its range", { n: 1 }, "strategy.invalid-param"],
    ["above its range", { x: 1.1 }, "strategy.invalid-param"],
    ["no whole number", { n: 2.5 }, "strategy.invalid-param"],
    ["not a number", { n: "4" }, "strategy.invalid-param"],
    ["not finite", { x: Number.NaN }, "strategy.invalid-param"],
    ["not offered", { mode: "c" }, "strategy.invalid-param"],
    ["given as nothing", { n: undefined }, "strategy.invalid-param"],
  ])("%s are refused", (_what, given, code) => {
    expect(codeOf(() => resolveParams(made, given))).toBe(code);
  });

  test("reach graph() frozen", () => {
    let seen: unknown;
    const spy = strategy({
      name: "s",
      params: { n: param.int(4, { min: 2, max: 9 }) },
      graph: ({ params }) => {
        seen = params;
        return targetWeights(flat().w);
      },
    });
    buildGraph(spy, resolveParams(spy, { n: 5 }));
    expect(seen).toEqual({ n: 5 });
    expect(Object.isFrozen(seen)).toBe(true);
  });

  test("only what strategy() returned is a strategy", () => {
    expect(isStrategy(made)).toBe(true);
    expect(isStrategy({ ...made })).toBe(false);
    expect(isStrategy(undefined)).toBe(false);
  });
});
