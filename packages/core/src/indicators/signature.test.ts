import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bool, type Cell, categorical, fraction, i32, quantity, unit } from "../schema/cell.ts";
import { bookTop, ohlcv, price } from "../schema/index.ts";
import { schema } from "../schema/schema.ts";
import { pick } from "../strategy/clock.ts";
import { dataset } from "../strategy/decision.ts";
import type { GraphNode } from "../strategy/graph.ts";
import { node } from "../strategy/node.ts";
import { buildGraph, strategy } from "../strategy/strategy.ts";
import { stream } from "../strategy/stream.ts";
import * as library from "./index.ts";
import {
  firstValidOf,
  type IndicatorArgument,
  type IndicatorSignature,
  indicatorSignatures,
  outputsOf,
  paramsOf,
  settleOf,
} from "./signature.ts";

const bars = stream({ schema: ohlcv, tags: ["x"], interval: "1h" });
const book = stream({ schema: bookTop, tags: ["x"], interval: "1h" });
const other = stream({
  schema: schema("test.kinds@1", { count: i32, phase: categorical(["a", "b"]) }),
  tags: ["x"],
  interval: "1h",
});
const flags = node({
  name: "flags",
  inputs: { c: bars.close },
  output: { flag: bool },
  compute: ({ c }) => ({ flag: c > 0 }),
});

const byDtype = {
  f64: [bars.close, bars.volume, pick(bars, "A").close],
  i32: [other.count],
  bool: [flags.flag],
  categorical: [other.phase],
} as const;
const cells = new Map<unknown, Cell>([
  [bars.close, price],
  [bars.volume, quantity],
  [byDtype.f64[2], price],
  [other.count, i32],
  [flags.flag, bool],
  [other.phase, categorical(["a", "b"])],
]);

/** The builder under the name of a signature, as the author calls it. */
function builderOf(name: string): (...given: unknown[]) => unknown {
  const found = name.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], library);
  return found as (...given: unknown[]) => unknown;
}

function nodeOf(column: unknown): GraphNode {
  const made = strategy({
    name: "one",
    graph: () => dataset({ name: "d", features: { column: column as never }, labels: {} }),
  });
  return buildGraph(made, {}).nodes.at(-1)!;
}

describe.each(Object.values(indicatorSignatures))("$name", (of: IndicatorSignature) => {
  test("its builder makes the node that the signature says", () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (randoms) => {
        const draw = (n: number) => (randoms.next().value as number) % n;
        const values: Record<string, number> = {};
        const given: Record<string, Cell> = {};
        let market = true;
        const drawArgument = (argument: IndicatorArgument): unknown => {
          switch (argument.kind) {
            case "column": {
              const sameAs = typeof argument.unit === "object" ? given[argument.unit.sameAs] : undefined;
              const offered = argument.dtypes
                .flatMap((dtype) => [...byDtype[dtype]] as unknown[])
                .filter(
                  (column) => sameAs === undefined || JSON.stringify(cells.get(column)) === JSON.stringify(sameAs),
                )
                .filter((column) => of.scope !== "symbol" || column !== byDtype.f64[2]);
              const column = offered[draw(offered.length)];
              given[argument.name] = cells.get(column)!;
              if (column !== byDtype.f64[2]) market = false;
              return column;
            }
            case "panel":
              market = false;
              return "high" in argument.columns || "close" in argument.columns ? bars : book;
            case "period":
              values[argument.name] = argument.least + draw(500);
              return values[argument.name];
            case "lag":
              values[argument.name] = draw(500);
              return values[argument.name];
            case "number":
              values[argument.name] =
                argument.most === undefined
                  ? (values[argument.notBelow ?? ""] ?? argument.least ?? argument.above ?? -5) + 1 + draw(100)
                  : (argument.least ?? 0) + ((argument.most - (argument.least ?? 0)) * draw(101)) / 100;
              return values[argument.name];
            case "cell":
              given[argument.name] = [fraction, price, unit(i32, "lots")][draw(3)]!;
              return given[argument.name];
          }
        };
        const returned = builderOf(of.name)(...of.arguments.map(drawArgument));
        const names = Object.keys(of.outputs);
        const made = nodeOf(names.length === 1 ? returned : (returned as Record<string, unknown>)[names[0]!]);
        if (made.kind !== "kernel" && made.kind !== "cross-kernel") throw new Error(made.kind);
        expect(made.kind).toBe(of.kernel.kind);
        expect(made.kernel).toBe(of.kernel.of);
        const params = paramsOf(of, values, "1h");
        expect(made.params).toEqual(params);
        expect(made.output).toEqual(outputsOf(of, given));
        expect(Object.keys(made.output)).toEqual(made.kernel.outputs);
        expect(made.interval).toBe("1h");
        expect(made.scope).toBe(of.scope === "inputs" && market ? "market" : "symbol");
        expect(made.inputs.map(({ name }) => name)).toEqual(of.kernel.of.inputs);
        expect(firstValidOf(of, params)).toBeLessThanOrEqual(settleOf(of, params));
      }),
      { numRuns: 25 },
    );
  });
});

test("every builder has a signature, and every signature a builder", () => {
  const plain = new Set([
    ...["depthImbalance", "depthSlope", "microprice", "priorityIndex"],
    ...["imbalanceWeight", "liquidityShift", "squareRootImpact", "priceBand"],
  ]);
  const builders = Object.entries(library).flatMap(([name, value]) =>
    typeof value === "function" ? [name] : Object.keys(value).map((inner) => `${name}.${inner}`),
  );
  expect(builders.filter((name) => !plain.has(name)).sort()).toEqual(Object.keys(indicatorSignatures).sort());
});

test("the documentation names every builder with its arguments and outputs", () => {
  const text = readFileSync(new URL("../../../../docs/indicators.md", import.meta.url), "utf8");
  for (const of of Object.values(indicatorSignatures)) {
    const outputs = Object.keys(of.outputs);
    const gives = outputs.length === 1 ? "a column" : outputs.map((name) => `\`${name}\``).join(", ");
    expect(text).toContain(`| \`${of.name}(${of.arguments.map(({ name }) => name).join(", ")})\` | ${gives} |`);
  }
  expect(text).toContain(`has ${Object.keys(indicatorSignatures).length} builders`);
});

test("kernel names are unique", () => {
  const names = Object.values(indicatorSignatures).map(({ kernel }) => kernel.of.name);
  expect(new Set(names).size).toBe(names.length);
});

test.each([
  ["a period of 0", () => library.sma(bars.close, 0 as never), "strategy.invalid-period"],
  ["a period with a fraction", () => library.ema(bars.close, 2.5 as never), "strategy.invalid-period"],
  ["one bar of deviation", () => library.stddev(bars.close, 1), "strategy.invalid-period"],
  ["a lag into the future", () => library.lag(bars.close, -1 as never), "strategy.invalid-period"],
  ["a width below 0", () => library.bollinger(bars.close, 20, -1), "strategy.invalid-number"],
  ["a variance of 0", () => library.kalman(bars.close, 0, 1), "strategy.invalid-number"],
  ["a period without end", () => library.macd(bars.close, 12, 10_001, 9), "strategy.invalid-period"],
  ["a signal over half a bar", () => library.macd(bars.close, 12, 26, 4.5 as never), "strategy.invalid-period"],
  ["a line through two points", () => library.regression(bars.close, 2), "strategy.invalid-period"],
  ["tails of three values", () => library.kurtosis(bars.close, 3), "strategy.invalid-period"],
  ["more than all", () => library.quantile(bars.close, 20, 1.5), "strategy.invalid-number"],
  ["less than none", () => library.quantile(bars.close, 20, -0.5), "strategy.invalid-number"],
  ["more than both halves", () => library.cross.winsorize(bars.close, 0.6), "strategy.invalid-number"],
  ["levels that descend", () => library.hysteresis(bars.close, 2, 1, -1, -2), "strategy.invalid-number"],
  ["a stop that never closes in", () => library.parabolicSar(bars, 0, 0.2), "strategy.invalid-number"],
  ["an infinite width", () => library.bollinger(bars.close, 20, Infinity), "strategy.invalid-number"],
  ["a mean of words", () => library.sma(other.phase as never, 3), "strategy.wrong-dtype"],
  ["two units", () => library.above(bars.close, bars.volume as never), "strategy.wrong-unit"],
  ["a panel without its columns", () => library.atr(book as never, 14), "strategy.missing-column"],
  ["a panel with another unit", () => library.imbalance(relabelled as never), "strategy.wrong-dtype"],
  ["a market column across symbols", () => library.cross.rank(pick(bars, "A").close as never), "strategy.wrong-scope"],
  ["half a contract", () => library.when(flags.flag, 0.5, 0, i32), "strategy.invalid-number"],
  ["a flag as a cell", () => library.when(flags.flag, 1, 0, bool as never), "strategy.wrong-dtype"],
  ["a panel for a column", () => library.sma(bars as never, 3), "strategy.column-expected"],
])("%s is refused", (_what, make, code) => {
  expect(make).toThrow(expect.objectContaining({ name: "QmtlError", code, next: expect.any(String) }));
});

const relabelled = stream({
  schema: schema("test.book@1", { bidSize: price, askSize: price }),
  tags: ["x"],
  interval: "1h",
});

test("a market column beside a symbol column gives a symbol column", () => {
  const made = nodeOf(library.above(pick(bars, "A").close, bars.close));
  expect(made.scope).toBe("symbol");
});
