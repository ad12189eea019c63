import { describe, expect, test } from "vitest";
import { cross, lag, returns, sma, stddev } from "../indicators/index.ts";
import { bool, categorical, f64, fraction, i32, percent, unit } from "../schema/cell.ts";
import { isQmtlError } from "../schema/error.ts";
import { ohlcv, schema } from "../schema/schema.ts";
import type { GraphNode, StrategyGraph } from "./graph.ts";
import {
  aggregate,
  align,
  barTime,
  cast,
  crossSection,
  type Decision,
  dataset,
  forwardReturn,
  node,
  orders,
  param,
  pick,
  readArtifact,
  resample,
  rng,
  strategy,
  stream,
  targetPositions,
  targetWeights,
  tripleBarrier,
  window,
} from "./index.ts";
import { buildGraph } from "./strategy.ts";

const daily = () => stream({ schema: ohlcv, tags: ["x"], interval: "1d" });
const hourly = () => stream({ schema: ohlcv, tags: ["x"], interval: "1h" });
const flat = (name = "flat") =>
  node({
    name,
    inputs: { close: daily().close },
    output: { w: fraction, up: bool },
    compute: () => ({ w: 0, up: true }),
  });

/** What a JavaScript caller may pass where types would object. */
const wrong = (value: unknown) => value as never;

/** Barriers that are right but for what is given. */
function barriers(spec: object = {}) {
  const { close } = daily();
  const right = { volatility: returns(close, 5), profit: 2, loss: 1, bars: 10 };
  return tripleBarrier(close, wrong({ ...right, ...spec }));
}

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

const compute = () => ({ w: 0 });
const output = { w: fraction };

/** Every way to be refused: what was written, and the code. */
const REFUSED: readonly (readonly [string, string, () => unknown])[] = [
  ["a stream without options", "strategy.invalid-option", () => stream(wrong(undefined))],
  ["a stream without a schema", "strategy.invalid-option", () => stream(wrong({ tags: ["x"], interval: "1d" }))],
  ["a stream without tags", "strategy.invalid-tag", () => stream({ schema: ohlcv, tags: [], interval: "1d" })],
  ["a tag that is no word", "strategy.invalid-tag", () => stream({ schema: ohlcv, tags: ["a b"], interval: "1d" })],
  ["tags that are no list", "strategy.invalid-tag", () => stream({ schema: ohlcv, tags: wrong("us"), interval: "1d" })],
  ["no such interval", "schema.unknown-interval", () => stream({ schema: ohlcv, tags: ["x"], interval: wrong("7d") })],
  [
    "no such match",
    "strategy.invalid-option",
    () => stream({ schema: ohlcv, tags: ["x"], interval: "1d", match: wrong("some") }),
  ],
  [
    "no such gap policy",
    "strategy.invalid-option",
    () => stream({ schema: ohlcv, tags: ["x"], interval: "1d", gaps: wrong("fill") }),
  ],
  [
    "a misspelt option of stream()",
    "strategy.unknown-option",
    () => stream(wrong({ schema: ohlcv, tag: ["x"], tags: ["x"], interval: "1d" })),
  ],
  [
    "a misspelt option of node()",
    "strategy.unknown-option",
    () => node(wrong({ name: "n", inputs: { c: daily().close }, output, domain: ["live"], compute })),
  ],
  [
    "a misspelt option of crossSection()",
    "strategy.unknown-option",
    () => crossSection(wrong({ name: "n", inputs: { c: daily().close }, output, state: () => 0, compute })),
  ],
  [
    "a misspelt option of aggregate()",
    "strategy.unknown-option",
    () => aggregate(wrong({ name: "n", inputs: { c: daily().close }, output, domains: ["live"], compute })),
  ],
  [
    "a misspelt option of strategy()",
    "strategy.unknown-option",
    () => strategy(wrong({ name: "n", graph: () => 0, mode: "live" })),
  ],
  [
    "a misspelt option of align()",
    "strategy.unknown-option",
    () => align(daily().close, daily(), wrong({ maxAge: 1, fill: true })),
  ],
  ["a misspelt option of orders()", "strategy.unknown-option", () => orders(wrong({ buy: {} }))],
  [
    "a misspelt option of a trade",
    "strategy.unknown-option",
    () => orders({ long: wrong({ enter: flat().up, size: 1, stopLoss: flat().w }) }),
  ],
  [
    "a misspelt option of dataset()",
    "strategy.unknown-option",
    () => dataset(wrong({ name: "d", features: {}, labels: {}, targets: {} })),
  ],
  ["a misspelt option of a range", "strategy.unknown-option", () => param.int(3, wrong({ min: 1, max: 4, setp: 2 }))],
  ["a range that is missing", "strategy.invalid-option", () => param.float(3, wrong(undefined))],
  ["a name with a blank", "strategy.invalid-name", () => flat("a b")],
  ["a name that is no text", "strategy.invalid-name", () => flat(wrong(7))],
  ["a name that begins with a digit", "strategy.invalid-name", () => strategy({ name: "1s", graph: wrong(() => 0) })],
  [
    "a compute that is missing",
    "strategy.invalid-function",
    () => node(wrong({ name: "n", inputs: { c: daily().close }, output })),
  ],
  [
    "a state that is a value",
    "strategy.invalid-function",
    () => node({ name: "n", inputs: { c: daily().close }, output, state: wrong({}), compute }),
  ],
  ["a graph that is no function", "strategy.invalid-function", () => strategy(wrong({ name: "s", graph: 3 }))],
  ["inputs that are missing", "strategy.invalid-inputs", () => node(wrong({ name: "n", output, compute }))],
  [
    "an input that is a decision",
    "strategy.invalid-inputs",
    () => node({ name: "n", inputs: wrong({ d: targetWeights(flat().w) }), output, compute }),
  ],
  [
    "an input that is nothing of ours",
    "strategy.not-a-handle",
    () => node({ name: "n", inputs: wrong({ c: { close: 1 } }), output, compute }),
  ],
  [
    "an input that is undefined",
    "strategy.not-a-handle",
    () => node({ name: "n", inputs: wrong({ c: undefined }), output, compute }),
  ],
  [
    "no input that has a clock",
    "strategy.no-clock",
    () => node(wrong({ name: "n", inputs: { k: 3 }, output, compute })),
  ],
  [
    "inputs of two clocks",
    "strategy.mixed-intervals",
    () => node(wrong({ name: "n", inputs: { a: daily().close, b: hourly().close }, output, compute })),
  ],
  [
    "a label among inputs",
    "strategy.label-not-causal",
    () => node(wrong({ name: "n", inputs: { y: forwardReturn(daily().close, 5) }, output, compute })),
  ],
  ["a label in an indicator", "strategy.label-not-causal", () => sma(wrong(forwardReturn(daily().close, 5)), 3)],
  ["a label in a decision", "strategy.label-not-causal", () => targetWeights(wrong(forwardReturn(daily().close, 5)))],
  [
    "no outputs",
    "strategy.invalid-output",
    () => node(wrong({ name: "n", inputs: { c: daily().close }, output: {}, compute })),
  ],
  [
    "an output whose name is no word",
    "strategy.invalid-output",
    () => node(wrong({ name: "n", inputs: { c: daily().close }, output: { "a-b": f64 }, compute })),
  ],
  [
    "no such domain",
    "strategy.unknown-domain",
    () => node({ name: "n", inputs: { c: daily().close }, output, domains: [wrong("paper")], compute }),
  ],
  [
    "an empty list of domains",
    "strategy.unknown-domain",
    () => node({ name: "n", inputs: { c: daily().close }, output, domains: wrong([]), compute }),
  ],
  [
    "a warmup below zero",
    "strategy.invalid-period",
    () => node({ name: "n", inputs: { c: daily().close }, output, warmup: -1, compute }),
  ],
  [
    "a window in a cross section",
    "strategy.column-expected",
    () => crossSection(wrong({ name: "n", inputs: { w: window(daily().close, 3) }, output, compute })),
  ],
  [
    "a panel in an aggregate",
    "strategy.column-expected",
    () => aggregate(wrong({ name: "n", inputs: { bars: daily() }, output, compute })),
  ],
  [
    "a cross section of market columns",
    "strategy.wrong-scope",
    () => crossSection({ name: "n", inputs: { c: pick(daily(), "A").close }, output, compute: () => undefined }),
  ],
  [
    "an aggregate of market columns",
    "strategy.wrong-scope",
    () => aggregate({ name: "n", inputs: { c: pick(daily(), "A").close }, output, compute }),
  ],
  ["a cross kernel of a market column", "strategy.wrong-scope", () => cross.rank(wrong(pick(daily(), "A").close))],
  ["a window of no bars", "strategy.invalid-period", () => window(daily().close, wrong(0))],
  ["a window of a fraction of a bar", "strategy.invalid-period", () => window(daily().close, wrong(2.5))],
  ["an outcome in an indicator", "strategy.label-not-causal", () => sma(wrong(barriers().outcome), 3)],
  ["an outcome in a decision", "strategy.label-not-causal", () => targetWeights(wrong(barriers().net))],
  [
    "an outcome as a feature",
    "strategy.label-not-causal",
    () => dataset({ name: "d", features: wrong({ y: barriers().outcome }), labels: {} }),
  ],
  [
    "an outcome among inputs",
    "strategy.label-not-causal",
    () =>
      node({
        name: "n",
        inputs: wrong({ close: daily().close, next: barriers().net }),
        output: { x: fraction },
        compute: () => ({ x: 0 }),
      }),
  ],
  ["barriers without a width", "strategy.invalid-number", () => barriers({ profit: 0 })],
  ["a barrier that is no number", "strategy.invalid-number", () => barriers({ loss: Number.NaN })],
  ["a gain from trading", "strategy.invalid-number", () => barriers({ cost: -0.001 })],
  ["a trade of no bars", "strategy.invalid-period", () => barriers({ bars: 0 })],
  ["a trade of half a bar", "strategy.invalid-period", () => barriers({ bars: 0.5 })],
  ["a third side", "strategy.invalid-option", () => barriers({ side: "flat" })],
  ["a misspelt barrier", "strategy.unknown-option", () => barriers({ stop: 1 })],
  ["a volatility in prices", "strategy.wrong-unit", () => barriers({ volatility: stddev(daily().close, 20) })],
  ["barriers of another clock", "strategy.mixed-intervals", () => barriers({ volatility: returns(hourly().close, 1) })],
  ["a window of a label", "strategy.column-expected", () => window(wrong(forwardReturn(daily().close, 5)), 3)],
  ["a period that a param makes too small", "strategy.invalid-period", () => sma(daily().close, wrong(0))],
  ["a lag that looks ahead", "strategy.invalid-period", () => lag(daily().close, wrong(-1))],
  ["a pick of a column", "strategy.panel-expected", () => pick(wrong(daily().close), "A")],
  ["a pick of a pick", "strategy.already-market", () => pick(wrong(pick(daily(), "A")), "A")],
  ["a pick of nobody", "strategy.invalid-symbol", () => pick(daily(), "")],
  ["a resample to the same clock", "strategy.same-interval", () => resample(daily(), "1d")],
  [
    "a fold toward a shorter clock",
    "strategy.invalid-fold",
    () => resample(daily().close, "1h", ...(wrong(["max"]) as [])),
  ],
  ["a fold of a whole panel", "strategy.invalid-fold", () => resample(hourly(), "1d", ...(wrong(["max"]) as []))],
  ["no such fold", "strategy.invalid-fold", () => resample(hourly().close, "1d", wrong("median"))],
  [
    "the mean of words",
    "strategy.invalid-fold",
    () =>
      resample(
        stream({ schema: schema("a@1", { word: categorical(["a", "b"]) }), tags: ["x"], interval: "1h" }).word,
        "1d",
        "mean",
      ),
  ],
  ["an align of booleans", "strategy.invalid-align", () => align(flat().up, daily(), { maxAge: 1 })],
  ["an align without an age", "strategy.invalid-period", () => align(daily(), daily(), wrong({}))],
  ["a cast of a boolean", "strategy.invalid-cast", () => cast(wrong(flat().up), f64)],
  ["a cast to another width", "strategy.invalid-cast", () => cast(flat().w, wrong(unit(i32, "quantity")))],
  ["a bar time of a window", "strategy.column-expected", () => barTime(wrong(window(daily().close, 3)))],
  ["a seed that is no number", "strategy.invalid-number", () => rng(daily(), wrong("seed"))],
  ["a whole panel where a column is needed", "strategy.column-expected", () => sma(wrong(daily()), 3)],
  ["weights in another unit", "strategy.wrong-unit", () => targetWeights(wrong(daily().close))],
  ["positions in fractions", "strategy.wrong-unit", () => targetPositions(wrong(flat().w))],
  [
    "a market column as weights of every symbol",
    "strategy.wrong-scope",
    () => targetWeights(wrong(cast(pick(daily(), "A").close, fraction))),
  ],
  ["a symbol column as the weight of one symbol", "strategy.wrong-scope", () => targetWeights(wrong({ A: flat().w }))],
  [
    "weights by symbol on two clocks",
    "strategy.mixed-intervals",
    () =>
      targetWeights(
        wrong({ A: cast(pick(daily(), "A").close, fraction), B: cast(pick(hourly(), "B").close, fraction) }),
      ),
  ],
  ["weights of nobody", "strategy.no-target", () => targetWeights({})],
  ["weights of nothing", "strategy.not-a-handle", () => targetWeights(wrong(undefined))],
  ["orders without a side", "strategy.no-target", () => orders({})],
  ["a trade that never enters", "strategy.no-entry", () => orders({ long: wrong({ size: 1 }) })],
  ["a trade without a size", "strategy.no-size", () => orders({ long: wrong({ enter: flat().up }) })],
  ["a size of nothing", "strategy.invalid-number", () => orders({ long: { enter: flat().up, size: 0 } })],
  ["an entry that is a number", "strategy.wrong-unit", () => orders({ long: { enter: wrong(flat().w), size: 1 } })],
  [
    "a stop that is no price",
    "strategy.wrong-unit",
    () => orders({ long: { enter: flat().up, size: 1, stop: wrong(flat().w) } }),
  ],
  [
    "an entry for the whole market",
    "strategy.wrong-scope",
    () => {
      const calm = aggregate({
        name: "m",
        inputs: { c: daily().close },
        output: { up: bool },
        compute: () => ({ up: true }),
      });
      return orders({ long: { enter: wrong(calm.up), size: 1 } });
    },
  ],
  [
    "orders on two clocks",
    "strategy.mixed-intervals",
    () => {
      const other = node({
        name: "h",
        inputs: { c: hourly().close },
        output: { up: bool },
        compute: () => ({ up: true }),
      });
      return orders(wrong({ long: { enter: flat().up, size: 1 }, short: { enter: other.up, size: 1 } }));
    },
  ],
  [
    "a trade that expires at once",
    "strategy.invalid-period",
    () => orders({ long: { enter: flat().up, size: 1, expire: 0 } }),
  ],
  [
    "an entry for an auction with a limit",
    "strategy.order-conflict",
    () => orders({ long: wrong({ enter: flat().up, size: 1, ...{ at: "open", limit: daily().close } }) }),
  ],
  [
    "an entry for an auction with a time in force",
    "strategy.order-conflict",
    () => orders({ long: wrong({ enter: flat().up, size: 1, ...{ at: "close", timeInForce: "day" } }) }),
  ],
  [
    "an entry for another auction",
    "strategy.order-conflict",
    () => orders({ long: wrong({ enter: flat().up, size: 1, ...{ at: "noon" } }) }),
  ],
  [
    "an entry behind a trigger that is for one moment",
    "strategy.order-conflict",
    () => orders({ long: wrong({ enter: flat().up, size: 1, ...{ trigger: daily().close, timeInForce: "fok" } }) }),
  ],
  [
    "an entry of a day and until a date",
    "strategy.order-conflict",
    () => orders({ long: wrong({ enter: flat().up, size: 1, ...{ timeInForce: "day", until: barTime(daily()) } }) }),
  ],
  [
    "an entry for an auction until a date",
    "strategy.order-conflict",
    () => orders({ long: wrong({ enter: flat().up, size: 1, ...{ at: "open", until: barTime(daily()) } }) }),
  ],
  [
    "a time in force that there is not",
    "strategy.order-conflict",
    () => orders({ long: wrong({ enter: flat().up, size: 1, ...{ timeInForce: "gtx" } }) }),
  ],
  [
    "an end that is no time",
    "strategy.wrong-unit",
    () => orders({ long: wrong({ enter: flat().up, size: 1, until: daily().close }) }),
  ],
  ["readArtifact(), which does not run yet", "strategy.not-yet", () => readArtifact({ name: "x" })],
  [
    "a feature among labels",
    "strategy.label-expected",
    () => dataset({ name: "d", features: {}, labels: wrong({ y: daily().close }) }),
  ],
  ["an empty dataset", "strategy.no-target", () => dataset({ name: "d", features: {}, labels: {} })],
  [
    "a dataset of two clocks",
    "strategy.mixed-intervals",
    () => dataset({ name: "d", features: wrong({ a: daily().close, b: hourly().close }), labels: {} }),
  ],
  ["an empty range", "strategy.invalid-param", () => param.int(3, { min: 4, max: 2 })],
  ["a step of nothing", "strategy.invalid-param", () => param.float(3, { min: 1, max: 4, step: 0 })],
  ["a default outside its range", "strategy.invalid-param", () => param.int(5, { min: 1, max: 4 })],
  ["a default that is not offered", "strategy.invalid-param", () => param.choice(wrong("c"), ["a", "b"])],
  [
    "a param that is a number",
    "strategy.invalid-param",
    () => strategy(wrong({ name: "s", params: { n: 3 }, graph: () => 0 })),
  ],
  ["a graph that returns nothing", "strategy.no-result", () => build(() => undefined)],
  ["a graph that returns a node", "strategy.no-result", () => build(() => flat())],
  ["a graph that returns a plain object", "strategy.not-a-handle", () => build(() => ({}))],
  [
    "two nodes of one name",
    "strategy.duplicate-name",
    () =>
      build((): Decision => {
        const a = flat("a");
        const again = node({ name: "a", inputs: { w: a.w }, output, compute });
        return targetWeights(again.w);
      }),
  ],
];

describe("refusals", () => {
  test.each(REFUSED)("%s: %s", (_what, code, run) => {
    expect(codeOf(run)).toBe(code);
  });

  test("say what was meant", () => {
    const error = (() => {
      try {
        return node(wrong({ name: "n", inputs: { c: daily().close }, output, domain: ["live"], compute }));
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(isQmtlError(error) && `${error.message}. ${error.next}`).toBe(
      'Node "n" has no option "domain". Use one of name, inputs, output, state, warmup, domains, compute.',
    );
  });

  test("two strategies may share names, and so may nodes that do not reach the result", () => {
    const graph = build(() => {
      flat("same");
      return targetWeights(flat("same").w);
    });
    expect(kinds(graph)).toEqual(["stream", "same"]);
  });

  test("units are words of one's own", () => {
    const graph = build(() => {
      const n = node({
        name: "n",
        inputs: { c: daily().close },
        output: { bps: unit(f64, "bps"), p: percent },
        compute: () => ({ bps: 1, p: 2 }),
      });
      return targetWeights(cast(n.bps, fraction));
    });
    expect(at(graph, 1).output).toEqual({ bps: { dtype: "f64", unit: "bps" }, p: percent });
  });
});
