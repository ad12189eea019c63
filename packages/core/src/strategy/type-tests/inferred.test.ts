import { above, atr, bollinger, cross, returns, sma, when } from "@qmtl/core/indicators";
import type { Bool, Categorical, F64, I32, Ohlcv } from "@qmtl/core/schema";
import { bool, categorical, f64, fraction, i32, ohlcv, price, quantity, schema, unit } from "@qmtl/core/schema";
import type {
  Column,
  Dataset,
  Decision,
  Label,
  Panel,
  ParamValues,
  Strategy,
  Windowed,
  WindowRow,
  WindowView,
} from "@qmtl/core/strategy";
import {
  aggregate,
  align,
  barTime,
  cast,
  crossSection,
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
} from "@qmtl/core/strategy";
import { describe, expectTypeOf, test } from "vitest";

// What is inferred. The compiler is the judge: a wrong expectation does not compile, which messages.test.ts looks at.

const bars = stream({ schema: ohlcv, tags: ["x"], interval: "1d" });
const hours = stream({ schema: ohlcv, tags: ["x"], interval: "1h" });
const ticks = stream({
  schema: schema("ticks@1", {
    close: price,
    size: unit(i32, "quantity"),
    side: categorical(["buy", "sell"]),
    odd: bool,
  }),
  tags: ["x"],
  interval: "1d",
});
const spy = pick(bars, "SPY");
const all = node({
  name: "all",
  inputs: {
    bars,
    fast: sma(bars.close, 10),
    recent: window(bars.close, 20),
    frame: window(bars, 3),
    spy: spy.close,
    side: ticks.side,
    odd: ticks.odd,
    size: ticks.size,
    bands: bollinger(bars.close, 20, 2),
    k: 3,
  },
  output: { weight: fraction, up: bool, tone: categorical(["hot", "cold"]) },
  state: () => ({ best: 0, ring: new Float64Array(4), long: false }),
  warmup: 4,
  compute: ({ bars, fast, recent, frame, spy, side, odd, size, bands, k }, state) => {
    expectTypeOf(fast).toEqualTypeOf<number>();
    expectTypeOf(bars.high).toEqualTypeOf<number>();
    expectTypeOf(spy).toEqualTypeOf<number>();
    expectTypeOf(side).toEqualTypeOf<"buy" | "sell">();
    expectTypeOf(odd).toEqualTypeOf<boolean>();
    expectTypeOf(size).toEqualTypeOf<number>();
    expectTypeOf(k).toEqualTypeOf<number>();
    expectTypeOf(bands.upper).toEqualTypeOf<number>();
    expectTypeOf(recent).toEqualTypeOf<WindowView<F64<"price">>>();
    expectTypeOf(frame).toEqualTypeOf<WindowRow<Ohlcv>>();
    expectTypeOf(recent.copy()).toEqualTypeOf<Float64Array>();
    state.best = Math.max(state.best, recent.at(-1), frame.high.at(-3));
    // A literal in state is widened: it can change.
    state.long = true;
    return { weight: fast > recent.oldest ? 1 : 0, up: odd, tone: size > k ? "hot" : "cold" };
  },
});

describe("types that are inferred", () => {
  test("of streams, columns and windows", () => {
    expectTypeOf(bars).toEqualTypeOf<Panel<Ohlcv, "1d">>();
    expectTypeOf(bars.close).toEqualTypeOf<Column<F64<"price">, "1d">>();
    expectTypeOf(ticks.size).toEqualTypeOf<Column<I32<"quantity">, "1d">>();
    expectTypeOf(window(bars.close, 3)).toEqualTypeOf<Windowed<WindowView<F64<"price">>, "1d", "symbol">>();
    expectTypeOf(window(bars, 3)).toEqualTypeOf<Windowed<WindowRow<Ohlcv>, "1d", "symbol">>();
  });

  test("of node outputs, which are per symbol as soon as one input is", () => {
    expectTypeOf(all.weight).toEqualTypeOf<Column<F64<"fraction">, "1d", "symbol">>();
    const market = node({
      name: "m",
      inputs: { spy: spy.close },
      output: { up: bool },
      compute: ({ spy }) => ({ up: spy > 1 }),
    });
    expectTypeOf(market.up).toEqualTypeOf<Column<Bool, "1d", "market">>();
    const mixed = node({
      name: "x",
      inputs: { spy: spy.close, close: bars.close },
      output: { up: bool },
      compute: ({ spy, close }) => ({ up: spy > close }),
    });
    expectTypeOf(mixed.up).toEqualTypeOf<Column<Bool, "1d", "symbol">>();
  });

  test("across symbols", () => {
    const ranked = crossSection({
      name: "ranked",
      inputs: { r: returns(bars.close, 1), spy: spy.close, k: 2 },
      output: { w: fraction, tone: categorical(["hot", "cold"]) },
      compute: ({ r, spy, k }, out) => {
        expectTypeOf(r.at(0)).toEqualTypeOf<number>();
        expectTypeOf(spy).toEqualTypeOf<number>();
        expectTypeOf(k).toEqualTypeOf<number>();
        expectTypeOf(out.tone.set).parameters.toEqualTypeOf<[number, "hot" | "cold"]>();
        for (let i = 0; i < r.length; i++) out.w.set(i, r.at(i) / k);
      },
    });
    expectTypeOf(ranked.w).toEqualTypeOf<Column<F64<"fraction">, "1d", "symbol">>();
    const breadth = aggregate({
      name: "breadth",
      inputs: { r: returns(bars.close, 1) },
      output: { up: fraction },
      compute: ({ r }) => ({ up: r.at(0) }),
    });
    expectTypeOf(breadth.up).toEqualTypeOf<Column<F64<"fraction">, "1d", "market">>();
    expectTypeOf(cross.top(bars.close, 3)).toEqualTypeOf<Column<Bool, "1d">>();
  });

  test("of clocks", () => {
    expectTypeOf(resample(bars.close, "1h")).toEqualTypeOf<Column<F64<"price">, "1h">>();
    expectTypeOf(resample(hours, "1d")).toEqualTypeOf<Panel<Ohlcv, "1d">>();
    expectTypeOf(resample(hours.close, "1d", "max")).toEqualTypeOf<Column<F64<"price">, "1d">>();
    expectTypeOf(spy).toEqualTypeOf<Panel<Ohlcv, "1d", "market">>();
    expectTypeOf(align(hours.close, bars, { maxAge: 3 })).toEqualTypeOf<Column<F64<"price">, "1d">>();
    expectTypeOf(align(spy, hours.close, { maxAge: 3 })).toEqualTypeOf<Panel<Ohlcv, "1h", "market">>();
    expectTypeOf(barTime(bars)).toEqualTypeOf<Column<F64<"seconds">, "1d", "symbol">>();
    expectTypeOf(barTime(spy.close)).toEqualTypeOf<Column<F64<"seconds">, "1d", "market">>();
    expectTypeOf(rng(hours.close, 42)).toEqualTypeOf<Column<F64, "1h", "symbol">>();
    expectTypeOf(cast(all.weight, quantity)).toEqualTypeOf<Column<F64<"quantity">, "1d", "symbol">>();
  });

  test("of indicators: units and widths follow their inputs", () => {
    expectTypeOf(sma(bars.volume, 3)).toEqualTypeOf<Column<F64<"quantity">, "1d", "symbol">>();
    expectTypeOf(sma(ticks.size, 3)).toEqualTypeOf<Column<F64<"quantity">, "1d", "symbol">>();
    expectTypeOf(atr(bars, 14)).toEqualTypeOf<Column<F64<"price">, "1d", "symbol">>();
    expectTypeOf(above(bars.close, spy.close)).toEqualTypeOf<Column<Bool, "1d", "symbol">>();
    expectTypeOf(when(above(bars.close, bars.open), 1, 0, quantity)).toEqualTypeOf<
      Column<F64<"quantity">, "1d", "symbol">
    >();
  });

  test("of labels, decisions and datasets", () => {
    const week = forwardReturn(bars.close, 5);
    expectTypeOf(week).toEqualTypeOf<Label<F64<"fraction">, "1d">>();
    const turn = tripleBarrier(bars.close, { volatility: returns(bars.close, 5), profit: 2, loss: 1, bars: 10 });
    expectTypeOf(turn.outcome).toEqualTypeOf<Label<Categorical<"loss" | "timeout" | "profit">, "1d">>();
    expectTypeOf(turn.net).toEqualTypeOf<Label<F64<"fraction">, "1d">>();
    expectTypeOf(targetWeights(all.weight)).toEqualTypeOf<Decision<"1d">>();
    const coke = cast(spy.close, fraction);
    expectTypeOf(targetWeights({ KO: coke, PEP: coke })).toEqualTypeOf<Decision<"1d">>();
    expectTypeOf(targetPositions(cast(all.weight, quantity))).toEqualTypeOf<Decision<"1d">>();
    expectTypeOf(orders({ long: { enter: all.up, size: 0.1 } })).toEqualTypeOf<Decision<"1d">>();
    expectTypeOf(dataset({ name: "d", features: { close: bars.close }, labels: { week } })).toEqualTypeOf<Dataset>();
    expectTypeOf(readArtifact).returns.toEqualTypeOf<never>();
  });

  test("of params", () => {
    const made = strategy({
      name: "s",
      params: { n: param.int(1, { min: 1, max: 2 }), mode: param.choice("a", ["a", "b"]) },
      graph({ params }): Decision {
        expectTypeOf(params.n).toEqualTypeOf<number>();
        expectTypeOf(params.mode).toEqualTypeOf<"a" | "b">();
        return targetWeights(all.weight);
      },
    });
    expectTypeOf(made).toExtend<Strategy<typeof made.params>>();
    expectTypeOf<ParamValues<typeof made.params>>().toEqualTypeOf<{ readonly n: number; readonly mode: "a" | "b" }>();
    // A period that is not a literal is checked when the graph is built.
    const period: number = 4;
    expectTypeOf(sma(bars.close, period)).toEqualTypeOf<Column<F64<"price">, "1d", "symbol">>();
    void f64;
  });
});
