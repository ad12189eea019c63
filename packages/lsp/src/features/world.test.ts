import { describe, expect, test } from "vitest";
import { createAnalysis } from "../engine/index.ts";
import type { ProjectWorld } from "../project/index.ts";
import { referencesOf } from "./definition.ts";
import { knownNames, projectSymbolsOf, selectedTags, worldsThatFit } from "./known-names.ts";
import { markedText, rangeText } from "./marked-text.test.kit.ts";
import { judgedProjectOf } from "./projects.ts";
import { rename } from "./rename.ts";
import { viewOf } from "./view.ts";
import { worldCompletionsAt } from "./world-completion.ts";
import { worldDefinitionsAt, worldHoverAt, worldMarkAt } from "./world-hover.ts";
import { worldMarksOf } from "./world-marks.ts";
import { worldFoldingOf, worldSymbolsOf } from "./world-symbols.ts";

const WORLD = `id: sample
as_of: 2020-04-17
account: { equity: 1000000, currency: USD }
data:
  presets:
    - id: daily
      preset: samples.sp|1500
      interval: 1d
      calendar: XNYS
      universe: { symbols: [{ id: SPX, tags: [«2:us|2-index»], currency: USD }] }
brokerage: { fee: { percent: 0.0002 }, slippage: { none: {} } }
policy:
  gates: { trades: "«3:num|3_trades» >= 10.0" }
  score: "sharpe"
  top_k: { total: 3 }
  hysteresis: { enter: 0.2, exit: 0.1 }
allocator: { use: eq|4ual }
max_mode: compute-only
`;
const STRATEGY = `import { fraction, ohlcv } from "@qmtl/core/schema";
import { node, strategy, stream, targetWeights } from "@qmtl/core/strategy";
export default strategy({
  name: "hold",
  graph() {
    const bars = stream({ schema: ohlcv, tags: ["«1:us-index»"], interval: "1d" });
    const all = node({ name: "all", inputs: { bars }, output: { w: fraction }, compute: () => ({ w: 1 }) });
    return targetWeights(all.w);
  },
});
`;
const CONFIG = `import { defineConfig, use } from "@qmtl/core/plugin";
import allocator from "@acme/allocator";
import evaluator from "@acme/evaluator";
import samples from "@acme/samples";
export default defineConfig({ plugins: [use(samples), use(evaluator), use(allocator)] });
`;
const cell = { dtype: "f64", unit: "price" };
const manifest = (plugin: Record<string, unknown>) =>
  JSON.stringify({
    format: 1,
    package: "acme",
    version: "1.0.0",
    plugins: [{ export: "default", name: "acme", api: 1, description: "of Acme", ...plugin }],
    nodes: [],
  });
const MANIFESTS = {
  "node_modules/@acme/samples/qmtl.plugin.json": manifest({
    kind: "data-provider",
    use: "samples",
    brings: {
      kind: "data-provider",
      live: false,
      pointInTime: true,
      presets: [
        {
          name: "sp500",
          description: "the index",
          schema: {
            id: "ohlcv@1",
            columns: { open: cell, high: cell, low: cell, close: cell, volume: { dtype: "f64", unit: "quantity" } },
            fold: {},
          },
          intervals: ["1d"],
          symbols: ["SPX"],
          stamp: "session",
          calendar: "XNYS",
        },
      ],
    },
  }),
  "node_modules/@acme/evaluator/qmtl.plugin.json": manifest({
    kind: "evaluator",
    use: "standard",
    config: {
      type: "object",
      properties: {
        risk_free: { type: "number", description: "per year" },
        sampling: { enum: ["daily", "weekly"] },
        block: {
          anyOf: [
            { const: "auto" },
            { type: "object", properties: { length: { type: "integer" }, circular: { type: "boolean" } } },
          ],
        },
        parts: { type: "array", items: { type: "object", properties: { of: { $ref: "#/$defs/part" } } } },
      },
      required: ["risk_free"],
      $defs: { part: { enum: ["first", "last"] } },
    },
    brings: {
      kind: "evaluator",
      metrics: [
        { name: "num_trades", formula: "count(trades)", unit: "count", better: "neither" },
        { name: "sharpe", formula: "mean(r) / sd(r)", unit: "ratio", better: "higher", source: "Sharpe 1994" },
      ],
    },
  }),
  "node_modules/@acme/allocator/qmtl.plugin.json": manifest({
    kind: "allocator",
    use: "equal",
    brings: { kind: "allocator" },
  }),
};

function project(world = WORLD) {
  const marked = markedText(world);
  const strategy = markedText(STRATEGY);
  const texts: Record<string, string> = {
    "worlds/sample.yml": marked.text,
    "strategies/hold.ts": strategy.text,
    "qmtl.config.ts": CONFIG,
    ...MANIFESTS,
  };
  const files = {
    read: (path: string) => texts[path],
    list: () => Object.keys(texts).filter((path) => !path.startsWith("node_modules/")),
  };
  const analysis = createAnalysis(files);
  const found = analysis.project();
  return {
    analysis,
    project: found,
    world: found.worlds[0] as ProjectWorld,
    marked,
    strategy,
    view: viewOf(files, "strategies/hold.ts"),
  };
}

test("the sample is a world without mistakes", () => {
  expect(project().analysis.findings("worlds/sample.yml")).toEqual([]);
  expect(project().world.metrics?.map(({ name }) => name)).toContain("sharpe");
});

test("hover tells what a metric, a preset, a plugin and a tag are", () => {
  const { world, marked, project: around } = project();
  const at = (name: string) => worldHoverAt(world, marked.positions[name]!, around)?.markdown;
  expect(at("1")).toContain("**samples.sp500**: the index");
  expect(at("1")).toContain("| `close` | f64 price |");
  expect(at("2")).toBe("**us-index**: SPX (daily)");
  expect(at("3")).toContain("`count(trades)`");
  expect(at("4")).toContain("**equal**: of Acme");
});

test("a tag is one in worlds and strategies: references, rename, definition", () => {
  const { world, marked, strategy, view, project: around } = project();
  const mark = worldMarkAt(world, marked.positions["2"]!)!;
  const everywhere = [worldMarksOf(world), view.marks()];
  const here = rangeText({ file: "worlds/sample.yml", ...marked.ranges["2"]! });
  const there = rangeText({ file: "strategies/hold.ts", ...strategy.ranges["1"]! });
  expect(referencesOf(mark.key, everywhere, { definitions: true }).map(({ place }) => rangeText(place))).toEqual([
    there,
    here,
  ]);
  const renamed = rename(mark, "us-large", everywhere);
  expect(renamed.kind === "edits" && renamed.edits.map(({ place, text }) => [rangeText(place), text])).toEqual([
    [there, "us-large"],
    [here, "us-large"],
  ]);
  expect(rename(mark, "not a tag", everywhere)).toMatchObject({ kind: "refused" });
  expect(worldDefinitionsAt(world, marked.positions["2"]!, around, () => undefined).map(rangeText)).toEqual([here]);
});

test("a metric is defined where its evaluator describes it, a plugin where it is configured", () => {
  const { world, marked, project: around } = project();
  const place = { file: "node_modules/x", start: { line: 1, column: 1 }, end: { line: 1, column: 2 } };
  const asked: string[][] = [];
  const found = worldDefinitionsAt(world, marked.positions["3"]!, around, (...what) => {
    asked.push(what);
    return place;
  });
  expect([found, asked]).toEqual([[place], [["@acme/evaluator", "num_trades"]]]);
  const [plugin] = worldDefinitionsAt(world, marked.positions["4"]!, around, () => undefined);
  expect(plugin).toMatchObject({ file: "qmtl.config.ts", start: { line: 5 } });
});

test("symbols and folds", () => {
  const [world] = worldSymbolsOf(project().world);
  expect(world!.children.map(({ name, kind }) => `${kind} ${name}`)).toEqual(["preset daily", "gate trades"]);
  expect(world!.children[0]!.children.map(({ name }) => name)).toEqual(["SPX"]);
  expect(worldFoldingOf(project().world)).toEqual([
    { from: 4, to: 10 },
    { from: 5, to: 10 },
    { from: 12, to: 16 },
  ]);
});

test("what can be judged: gates with their places, and the worlds that a strategy fits", () => {
  const { project: around, view } = project();
  const { worlds, strategies } = judgedProjectOf(around, [view], rangeText);
  expect(strategies).toEqual([
    { name: "hold", place: expect.stringContaining("strategies/hold.ts"), worlds: ["sample"] },
  ]);
  expect(worlds.map(({ name, gates }) => [name, gates])).toEqual([
    [
      "sample",
      [{ name: "trades", expression: "num_trades >= 10.0", place: expect.stringContaining("worlds/sample.yml") }],
    ],
  ]);
  const renamed = {
    ...around,
    worlds: around.worlds.map((world) => ({ ...world, config: { ...world.config!, presets: [] } })),
  };
  expect(judgedProjectOf(renamed, [view], rangeText).strategies[0]!.worlds).toEqual([]);
});

test("what is known by name", () => {
  const { project: around, analysis, view } = project();
  expect([...knownNames(around).tags]).toEqual([["us-index", "sample"]]);
  expect([...knownNames(around).symbols]).toEqual([["SPX", "sample"]]);
  const { strategies } = view.reading.facts;
  expect(selectedTags(strategies)).toEqual(["us-index"]);
  const stream = strategies[0]!.nodes[0]!;
  expect(stream.kind === "stream" && worldsThatFit(stream, around)).toEqual(["sample (daily)"]);
  const facts = analysis.module("strategies/hold.ts")!.facts;
  expect(projectSymbolsOf([facts], around).map(({ name, kind }) => `${kind} ${name}`)).toEqual([
    "strategy hold",
    "node all",
    "world sample",
  ]);
});

describe("completion", () => {
  function complete(world: string): string[] {
    const marked = markedText(world);
    const { project: around } = project();
    return worldCompletionsAt("w.yml", marked.text, marked.positions["1"]!, around, ["us-index", "crypto"]).map(
      ({ insert }) => insert,
    );
  }
  test.each<[string, string[]]>([
    ["data:\n  presets:\n    - preset: |1\n", ["samples.sp500"]],
    ["data:\n  presets:\n    - preset: samples.s|1p\n      interval: 1d\n", ["samples.sp500"]],
    ["data:\n  presets:\n    - id: a\n      gaps: |1", ["refuse", "mark", "absent"]],
    ["data: { presets: [{ universe: { symbols: [{ tags: [|1] }] } }] }", ["us-index", "crypto"]],
    ["allocator: { use: |1 }", ["equal"]],
    ["evaluators:\n  - use: |1\n", ["standard"]],
    ["allow_live: |1\n", ["true", "false"]],
    ["evaluators:\n  - use: standard\n    config: { |1 }\n", ["risk_free: ", "sampling: ", "block: ", "parts: "]],
    ["evaluators:\n  - use: standard\n    config:\n      risk_free: 0\n      |1", ["sampling: ", "block: ", "parts: "]],
    ["evaluators:\n  - use: standard\n    config: { sampling: |1 }\n", ["daily", "weekly"]],
    ["evaluators: [{ use: standard, config: { block: |1 } }]\n", ["auto"]],
    ["evaluators: [{ use: standard, config: { block: { |1 } } }]\n", ["length: ", "circular: "]],
    ["evaluators: [{ use: standard, config: { block: { circular: |1 } } }]\n", ["true", "false"]],
    ["evaluators:\n  - use: standard\n    config:\n      parts:\n        - of: |1\n", ["first", "last"]],
    ["evaluators:\n  - use: nobody\n    config: { |1 }\n", []],
    ["data: { presets: [{ preset: samples.sp500, universe: { symbols: [{ id: |1 }] } }] }", ["SPX"]],
    ["data: { presets: [{ preset: samples.sp500, interval: |1 }] }", ["1d"]],
    ["data: { presets: [{ preset: samples.sp500, calendar: |1 }] }", ["XNYS"]],
    ["account: { equity: 1, |1 }\n", ["currency: "]],
    ["account:\n  |1\n", ["equity: ", "currency: "]],
    ["account:\n  cur|1: USD\n", ["equity", "currency"]],
    ["policy:\n  gates:|1\n", []],
  ])("%j", (world, expected) => {
    expect(complete(world).filter((word) => expected.length > 0 || !/num|sharpe/.test(word))).toEqual(expected);
  });
  test("metrics in gates and score, keys at the top but for those that are there", () => {
    expect(complete('policy:\n  gates: { a: "num_trades > 1 && |1" }\n')).toContain("sharpe");
    expect(complete("policy:\n  score: |1\n")).toContain("num_trades");
    const keys = complete("id: a\n|1\n");
    expect(keys).toContain("policy: ");
    expect(keys).not.toContain("id: ");
  });
  test("is quiet in what is no YAML", () => {
    expect(complete("a: [\n}: |1\n")).toEqual(expect.any(Array));
  });
});
