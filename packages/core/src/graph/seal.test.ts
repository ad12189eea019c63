import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { atr, sma } from "../indicators/index.ts";
import { fraction, price } from "../schema/cell.ts";
import { ohlcv } from "../schema/schema.ts";
import { node, orders, param, pick, resample, strategy, stream, targetWeights, window } from "../strategy/index.ts";
import { buildGraph, resolveParams, type Strategy } from "../strategy/strategy.ts";
import { type CodeIdentity, sealGraph, versionDigest } from "./seal.ts";

/** Code known by a name that the test gives it: equal names are equal code. */
const known = new WeakMap<object, string>();
const code = <F extends object>(name: string, f: F): F => {
  known.set(f, name);
  return f;
};
const identify = (f: object): CodeIdentity => ({
  id: known.get(f) ?? "anonymous",
  unique: false,
  rejected: false,
  causes: [],
});
const seal = (of: Strategy, params = {}) => sealGraph(buildGraph(of, resolveParams(of, params)), identify);
const last = (of: Strategy, params = {}) => seal(of, params).ids.at(-1);

interface Shape {
  readonly tags: readonly string[];
  readonly interval: "1d" | "1h";
  readonly gaps: "refuse" | "mark";
  readonly period: number;
  readonly depth: number;
  readonly constant: number;
  readonly compute: string;
  readonly name: string;
}
const base: Shape = {
  tags: ["a"],
  interval: "1d",
  gaps: "refuse",
  period: 5,
  depth: 3,
  constant: 1,
  compute: "f",
  name: "trend",
};
const build = ({ tags, interval, gaps, period, depth, constant, compute, name }: Shape) =>
  strategy({
    name: "s",
    graph() {
      const bars = stream({ schema: ohlcv, tags, interval, gaps });
      const mean = sma(bars.close, period);
      const made = node({
        name,
        inputs: { mean, recent: window(bars.close, depth), constant },
        output: { weight: fraction },
        compute: code(compute, () => ({ weight: 1 })),
      });
      return targetWeights(made.weight);
    },
  });

describe("NodeID", () => {
  test("is 64 hexadecimal digits, and the same for the same graph", () => {
    expect(last(build(base))).toMatch(/^[0-9a-f]{64}$/);
    expect(seal(build(base)).ids).toEqual(seal(build(base)).ids);
    expect(seal(build(base)).digest).toBe(seal(build(base)).digest);
  });

  test.each<[string, Partial<Shape>]>([
    ["a stream's tags", { tags: ["a", "b"] }],
    ["its interval", { interval: "1h" }],
    ["its gap policy", { gaps: "mark" }],
    ["a kernel's period", { period: 6 }],
    ["a window's length", { depth: 4 }],
    ["a constant input", { constant: 2 }],
    ["the sign of a zero", { constant: -0 }],
    ["a constant that is no number", { constant: Number.NaN }],
    ["the code", { compute: "g" }],
  ])("changes with %s", (_what, change) => {
    const zero = { ...base, constant: 0 };
    expect(last(build({ ...base, ...change }))).not.toBe(last(build(base)));
    expect(last(build({ ...base, ...change }))).not.toBe(last(build(zero)));
  });

  test("does not change with a node's name, nor with the order or repetition of tags", () => {
    expect(last(build({ ...base, name: "other" }))).toBe(last(build(base)));
    expect(last(build({ ...base, tags: ["b", "a", "b"] }))).toBe(last(build({ ...base, tags: ["a", "b"] })));
  });

  test("two graphs that differ anywhere never share the id of their decision node", () => {
    const shape = fc.record({
      tags: fc.uniqueArray(fc.constantFrom("a", "b", "c"), { minLength: 1 }).map((tags) => tags.sort()),
      interval: fc.constantFrom("1d" as const, "1h" as const),
      gaps: fc.constantFrom("refuse" as const, "mark" as const),
      period: fc.integer({ min: 1, max: 4 }),
      depth: fc.integer({ min: 1, max: 4 }),
      constant: fc.constantFrom(0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY),
      compute: fc.constantFrom("f", "g"),
      name: fc.constant("n"),
    });
    const key = (of: Shape) => JSON.stringify([of, Object.is(of.constant, -0), String(of.constant)]);
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        expect(last(build(a)) === last(build(b))).toBe(key(a) === key(b));
      }),
    );
  });

  test("an input's name and the output's columns count", () => {
    const of = (input: string, output: string) =>
      strategy({
        name: "s",
        graph() {
          const bars = stream({ schema: ohlcv, tags: ["a"], interval: "1d" });
          const made = node({
            name: "n",
            inputs: { [input]: bars.close },
            output: { [output]: fraction },
            compute: code("f", () => ({ [output]: 1 })),
          });
          return targetWeights((made as never as Record<string, never>)[output] as never);
        },
      });
    const ids = [of("a", "w"), of("b", "w"), of("a", "v")].map((one) => last(one));
    expect(new Set(ids).size).toBe(3);
  });

  test("pick and resample count by symbol, interval and fold", () => {
    const of = (symbol: string, to: "1w" | "1mo", fold: "last" | "max") =>
      strategy({
        name: "s",
        graph() {
          const bars = stream({ schema: ohlcv, tags: ["a"], interval: "1d" });
          const made = node({
            name: "n",
            inputs: { coarse: resample(pick(bars, symbol).close, to, fold) },
            output: { w: fraction },
            compute: code("f", () => ({ w: 1 })),
          });
          return targetWeights({ X: made.w });
        },
      });
    const ids = [of("A", "1w", "last"), of("B", "1w", "last"), of("A", "1mo", "last"), of("A", "1w", "max")].map(
      (one) => last(one),
    );
    expect(new Set(ids).size).toBe(4);
  });
});

describe("what can't be proven", () => {
  test("makes its dependents unique and is named with its causes", () => {
    let ordinal = 0;
    const unsure = (): CodeIdentity => ({
      id: `unique-${ordinal++}`,
      unique: true,
      rejected: false,
      causes: [{ code: "x", message: "it reads a Map", path: "table" }],
    });
    const graph = buildGraph(build(base), {});
    const [a, b] = [sealGraph(graph, unsure), sealGraph(graph, unsure)];
    expect(a.digest).not.toBe(b.digest);
    expect(a.ids.slice(0, -1)).toEqual(b.ids.slice(0, -1));
    expect(a.unproven).toEqual([{ node: "trend", causes: [{ code: "x", message: "it reads a Map", path: "table" }] }]);
  });

  test("code that may not run is refused with node, file and line", () => {
    const refused = (): CodeIdentity => ({
      id: "",
      unique: true,
      rejected: true,
      causes: [
        { code: "async", message: "it is asynchronous", path: "", location: { file: "s.ts", line: 3, column: 5 } },
      ],
    });
    expect(() => sealGraph(buildGraph(build(base), {}), refused)).toThrow(
      expect.objectContaining({
        code: "identity.rejected",
        class: "rejected",
        place: { node: "trend", file: "s.ts", line: 3, column: 5 },
      }),
    );
  });
});

describe("version digest", () => {
  const of = (name: string, fast: number, extra: object = {}) =>
    strategy({
      name,
      params: { fast: param.int(fast, { min: 2, max: 50 }) },
      graph({ params }) {
        const bars = stream({ schema: ohlcv, tags: ["a"], interval: "1d" });
        const made = node({
          name: "n",
          inputs: { mean: sma(bars.close, params.fast) },
          output: { w: fraction },
          compute: code("f", () => ({ w: 1 })),
          ...extra,
        });
        return targetWeights(made.w);
      },
    });
  const digestOf = (one: Strategy) => versionDigest(one.name, one.params, seal(one));

  test("counts name, declared params, defaults, warm-up and domains", () => {
    const digests = [
      of("a", 10),
      of("b", 10),
      of("a", 11),
      of("a", 10, { warmup: 5 }),
      of("a", 10, { domains: ["backtest"] }),
    ].map((one) => digestOf(one as never));
    expect(new Set(digests).size).toBe(digests.length);
  });

  test("orders count every column of the trade", () => {
    const made = (size: number, stop: boolean, expire: number | undefined) =>
      strategy({
        name: "s",
        graph() {
          const bars = stream({ schema: ohlcv, tags: ["a"], interval: "1d" });
          const signal = node({
            name: "signal",
            inputs: { range: atr(bars, 3) },
            output: { enter: { dtype: "bool" }, stop: price },
            compute: code("f", () => ({ enter: true, stop: 1 })),
          });
          return orders({
            long: {
              enter: signal.enter,
              size,
              ...(stop && { stop: signal.stop }),
              ...(expire !== undefined && { expire }),
            },
          });
        },
      });
    const digests = [
      made(0.1, false, undefined),
      made(0.2, false, undefined),
      made(0.1, true, undefined),
      made(0.1, false, 3),
    ].map((one) => seal(one).digest);
    expect(new Set(digests).size).toBe(4);
  });
});
