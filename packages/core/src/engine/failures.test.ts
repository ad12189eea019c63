import { describe, expect, test } from "vitest";
import { aroundTheClock } from "../data/calendar/around-the-clock.ts";
import type { Panel } from "../data/panel.ts";
import { bool, type Cell, type Columns, categorical, f64, i32, price } from "../schema/cell.ts";
import { isQmtlError, type QmtlError } from "../schema/error.ts";
import { schema } from "../schema/schema.ts";
import { pick, resample } from "../strategy/clock.ts";
import type { Column } from "../strategy/column.ts";
import { dataset } from "../strategy/decision.ts";
import type { StrategyGraph } from "../strategy/graph.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { kernel } from "../strategy/kernel-node.ts";
import { aggregate, crossSection, node } from "../strategy/node.ts";
import { buildGraph, strategy } from "../strategy/strategy.ts";
import { stream } from "../strategy/stream.ts";
import { window } from "../strategy/window.ts";
import { createExecution } from "./create-execution.ts";
import type { Execution, ExecutionOptions } from "./execution.ts";

const HOUR = 3_600_000;
const of = schema("test.one@1", { close: price, count: i32 }, { count: "sum" });
const hourly = stream({ schema: of, tags: ["x"], interval: "1h" });

/** Two symbols, eight bars each; the close of bar k (from 1) is k for A and 100 + k for B. */
function panel(count = 1): Panel {
  const stamps = Float64Array.from({ length: 8 }, (_, row) => (row + 1) * HOUR);
  const series = ["A", "B"].map((symbol, s) => ({
    symbol,
    tags: ["x"],
    stamps,
    columns: { close: stamps.map((_, row) => 100 * s + row + 1), count: new Int32Array(8).fill(count) },
  }));
  return { preset: "test", schema: of, interval: "1h", calendar: aroundTheClock, series };
}

function graphOf(column: unknown): StrategyGraph {
  const features = { column } as unknown as Record<string, Column<Cell, "1h">>;
  return buildGraph(strategy({ name: "one", graph: () => dataset({ name: "d", features, labels: {} }) }), {});
}

function execute(column: unknown, options: Partial<ExecutionOptions> = {}, data = panel()): Execution {
  const graph = graphOf(column);
  const panels = new Map(graph.nodes.flatMap(({ kind, index }) => (kind === "stream" ? [[index, data]] : [])));
  return createExecution({ graph, panels, keep: [], ...options });
}

function failureOf(run: () => unknown): QmtlError {
  try {
    run();
  } catch (error) {
    if (isQmtlError(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** A node whose compute goes wrong on the fifth bar of B; `answer` is what it does there. */
function faulty(output: Columns, right: unknown, answer: () => unknown): unknown {
  const compute = ({ close }: { close: number }) => (close === 105 ? answer() : right);
  const made = node({ name: "faulty", inputs: { close: hourly.close }, output, compute: compute as never });
  return (made as Record<string, unknown>)[Object.keys(output)[0]!];
}

describe.each(["generated", "shared"] as const)("with %s loops", (userLoop) => {
  const place = { node: "faulty", symbol: "B", bar: 5 * HOUR };

  test.each([
    ["an error", () => new Error("no such level"), "Error: no such level"],
    ["a word", () => "stop", '"stop"'],
    ["nothing at all", () => undefined, "undefined"],
    ["an object without a prototype", () => Object.create(null), "an object"],
    [
      "an error that throws when it is read",
      () =>
        Object.defineProperty({}, "message", {
          get: () => {
            throw new Error("x");
          },
        }),
      "something that throws",
    ],
  ])("names node, symbol and bar where compute throws %s", (_what, thrown, words) => {
    const column = faulty({ value: f64 }, { value: 1 }, () => {
      throw thrown();
    });
    const error = failureOf(() => execute(column, { userLoop }).advance(Number.POSITIVE_INFINITY));
    expect(error).toMatchObject({ code: "engine.compute-failed", class: "rejected", place });
    expect(error.message).toContain(words);
    expect(error.next).toBeTruthy();
  });

  test.each([
    ["a missing output", { value: f64 }, { value: 1 }, {}, "undefined"],
    ["a word for a number", { value: f64 }, { value: 1 }, { value: "1" }, '"1"'],
    ["a fraction for an integer", { value: i32 }, { value: 1 }, { value: 1.5 }, "1.5"],
    ["NaN for an integer", { value: i32 }, { value: 1 }, { value: Number.NaN }, "NaN"],
    ["an integer of 33 bits", { value: i32 }, { value: 1 }, { value: 2 ** 31 }, "2147483648"],
    ["a number for a flag", { value: bool }, { value: true }, { value: 1 }, "1"],
    [
      "an undeclared word",
      { value: categorical(["up", "down"]) },
      { value: "up" },
      { value: "left" },
      "one of up, down",
    ],
    [
      "a word of every object",
      { value: categorical(["up", "down"]) },
      { value: "up" },
      { value: "toString" },
      "toString",
    ],
    ["null", { value: f64 }, { value: 1 }, null, "null"],
    ["a number instead of a row", { value: f64 }, { value: 1 }, 3, "3"],
    ["a promise", { value: f64 }, { value: 1 }, Promise.resolve({ value: 1 }), "undefined"],
  ])("refuses %s", (_what, output, right, wrong, words) => {
    const column = faulty(output, right, () => wrong);
    const error = failureOf(() => execute(column, { userLoop }).advance(Number.POSITIVE_INFINITY));
    expect(error).toMatchObject({ code: "engine.wrong-shape", class: "rejected", place });
    expect(error.message).toContain(words);
  });

  test.each([
    ["a promise", async () => ({ value: 1 }), "a promise"],
    ["an array", () => [1], "an array"],
    ["an undeclared output", () => ({ value: 1, extra: 2 }), '"extra"'],
  ])("looks closely at the first answer: %s", (_what, compute, words) => {
    const made = node({
      name: "first",
      inputs: { close: hourly.close },
      output: { value: f64 },
      compute: compute as never,
    });
    const error = failureOf(() => execute(made.value, { userLoop }).advance(HOUR));
    expect(error).toMatchObject({ code: "engine.wrong-shape", place: { node: "first", symbol: "A", bar: HOUR } });
    expect(error.message).toContain(words);
  });

  test("names the bar at which a window is asked for what it does not hold", () => {
    const made = node({
      name: "looking",
      inputs: { recent: window(hourly.close, 3) },
      output: { value: f64 },
      compute: ({ recent }) => ({ value: recent.at((recent.newest === 106 ? -4 : -3) as number) }),
    });
    const error = failureOf(() => execute(made.value, { userLoop }).advance(Number.POSITIVE_INFINITY));
    expect(error).toMatchObject({
      code: "engine.window-offset",
      class: "rejected",
      place: { node: "looking", symbol: "B", bar: 6 * HOUR },
    });
  });

  test("makes state once per symbol, and says where it fails", () => {
    let made = 0;
    const counted = node({
      name: "counted",
      inputs: { close: hourly.close },
      output: { value: f64 },
      state: () => ({ first: ++made }),
      compute: (_, state) => ({ value: state.first }),
    });
    execute(counted.value, { userLoop, chunk: 2 }).advance(Number.POSITIVE_INFINITY);
    expect(made).toBe(2);
    const broken = node({
      name: "broken",
      inputs: { close: hourly.close },
      output: { value: f64 },
      state: (): { x: number } => {
        throw new RangeError("too large");
      },
      compute: () => ({ value: 1 }),
    });
    const error = failureOf(() => execute(broken.value, { userLoop }).advance(HOUR));
    expect(error).toMatchObject({ code: "engine.compute-failed", place: { node: "broken", symbol: "A", bar: HOUR } });
  });
});

test("calls compute once per bar, symbol by symbol within a slice", () => {
  const seen: number[] = [];
  const made = node({
    name: "seen",
    inputs: { recent: window(hourly.close, 3) },
    output: { value: f64 },
    compute: ({ recent }) => {
      seen.push(recent.newest);
      return { value: 1 };
    },
  });
  execute(made.value, { chunk: 4 }).advance(Number.POSITIVE_INFINITY);
  expect(seen).toEqual([3, 4, 103, 104, 5, 6, 7, 8, 105, 106, 107, 108]);
});

test.each(["generated", "shared"] as const)("names a kernel that throws (%s)", (userLoop) => {
  const copying = (name: string, at: number): Kernel => ({
    name,
    version: 1,
    inputs: ["of"],
    outputs: ["value"],
    firstValid: () => 0,
    settle: () => 0,
    create: () => undefined,
    run(_, [input], [output], from, to) {
      for (let row = from; row < to; row++) {
        if (input![row] === at) throw new Error("out of levels");
        output![row] = input![row]!;
      }
    },
  });
  const use = (of: unknown, name: string, at: number) =>
    kernel({ kernel: copying(name, at), params: {}, inputs: { of }, output: () => ({ value: price }) });
  const progress = new Int32Array(1);
  const column = use(use(hourly.close, "acme.good", Number.NaN), "acme.bad", 3);
  const error = failureOf(() => execute(column, { userLoop, progress }).advance(Number.POSITIVE_INFINITY));
  expect(error).toMatchObject({ code: "engine.kernel-failed", class: "failed", place: { node: "acme.bad" } });
  expect(error.message).toContain("out of levels");
  expect(progress[0]).toBe(-1);
});

test("does not go on after a failure", () => {
  const column = faulty({ value: f64 }, { value: 1 }, () => {
    throw new Error("once");
  });
  const execution = execute(column);
  const first = failureOf(() => execution.advance(6 * HOUR));
  expect(failureOf(() => execution.advance(7 * HOUR))).toBe(first);
});

test("names the bar at which a cross section or an aggregate fails", () => {
  const section = crossSection({
    name: "section",
    inputs: { close: hourly.close },
    output: { value: f64, mark: categorical(["a", "b"]) },
    compute: ({ close }, out) => {
      for (let i = 0; i < close.length; i++) if (close.at(i) !== 103) out.mark.set(i, "a");
    },
  });
  expect(failureOf(() => execute(section.value).advance(Number.POSITIVE_INFINITY))).toMatchObject({
    code: "engine.wrong-shape",
    place: { node: "section", bar: 3 * HOUR },
  });
  const beyond = aggregate({
    name: "beyond",
    inputs: { close: hourly.close },
    output: { value: f64 },
    compute: ({ close }) => ({ value: close.at(close.at(0) === 4 ? 2 : 1) }),
  });
  expect(failureOf(() => execute(beyond.value).advance(Number.POSITIVE_INFINITY))).toMatchObject({
    code: "engine.cross-index",
    class: "rejected",
    place: { node: "beyond", bar: 4 * HOUR },
  });
  const returning = crossSection({
    name: "returning",
    inputs: { close: hourly.close },
    output: { value: f64 },
    compute: (async () => undefined) as never,
  });
  const error = failureOf(() => execute(returning.value).advance(Number.POSITIVE_INFINITY));
  expect(error).toMatchObject({ code: "engine.wrong-shape", place: { node: "returning", bar: HOUR } });
  expect(error.message).toContain("a promise");
});

test("keeps what a cross section may write to its own bar", () => {
  const kept: { set(i: number, value: number): void }[] = [];
  const made = crossSection({
    name: "keeping",
    inputs: { close: hourly.close },
    output: { value: f64 },
    compute: (_, out) => {
      kept.push(out.value);
    },
  });
  execute(made.value).advance(HOUR);
  expect(failureOf(() => kept[0]!.set(0, 1)).code).toBe("engine.cross-index");
});

test("refuses what the graph asks of data that is not there", () => {
  const unknown = failureOf(() => execute(pick(hourly, "C").close));
  expect(unknown).toMatchObject({ code: "engine.unknown-symbol", place: { symbol: "C" } });
  expect(unknown.next).toContain("A, B");
  const daily = stream({ schema: of, tags: ["x"], interval: "1d" });
  expect(failureOf(() => execute(resample(daily.close, "1h"))).code).toBe("engine.no-finer-clock");
  expect(failureOf(() => execute(resample(hourly.count, "1d", "mean"))).code).toBe("engine.invalid-fold");
  const graph = graphOf(hourly.close);
  expect(failureOf(() => createExecution({ graph, panels: new Map(), keep: [] })).code).toBe("engine.no-panel");
  expect(failureOf(() => execute(hourly.close).kept({ node: 0, column: "volume" })).code).toBe("engine.not-kept");
});

test("refuses a sum that its integer can't hold", () => {
  const sum = resample(hourly.count, "4h", "sum");
  const error = failureOf(() => execute(sum, {}, panel(2 ** 30)).advance(Number.POSITIVE_INFINITY));
  expect(error).toMatchObject({ code: "engine.integer-range", place: { symbol: "A", bar: 4 * HOUR } });
});

test("tells a watching thread which node computes", () => {
  const progress = new Int32Array([-5]);
  const during: number[] = [];
  const made = node({
    name: "watched",
    inputs: { close: hourly.close },
    output: { value: f64 },
    compute: () => {
      during.push(progress[0]!);
      return { value: 1 };
    },
  });
  const execution = execute(made.value, { progress });
  execution.advance(HOUR);
  expect(during).toEqual([1, 1]);
  expect(progress[0]).toBe(-1);
});

test("a window and its copy", () => {
  const columns = { word: categorical(["a", "b"]), live: bool, close: price };
  const source = node({
    name: "source",
    inputs: { close: hourly.close },
    output: columns,
    compute: ({ close }) => ({ word: close % 2 === 0 ? ("a" as const) : ("b" as const), live: close > 3, close }),
  });
  const copies: unknown[] = [];
  const made = node({
    name: "copies",
    inputs: { recent: window(source, 3) },
    output: { value: f64 },
    compute: ({ recent }) => {
      copies.push([recent.word.copy(), recent.live.copy(), recent.close.copy(), [...recent.word], recent.live.length]);
      return { value: recent.close.at(-2) + recent.close.oldest };
    },
  });
  execute(made.value).advance(4 * HOUR);
  expect(copies.slice(0, 2)).toEqual([
    [["b", "a", "b"], [false, false, false], Float64Array.of(1, 2, 3), ["b", "a", "b"], 3],
    [["a", "b", "a"], [false, false, true], Float64Array.of(2, 3, 4), ["a", "b", "a"], 3],
  ]);
});
