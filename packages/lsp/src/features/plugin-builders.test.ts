import type { ManifestNode, PluginManifest } from "@qmtl/core/static";
import { describe, expect, test } from "vitest";
import { createAnalysis } from "../engine/index.ts";
import { readFacts, readModule } from "../facts/read.ts";
import { resolveFacts } from "../facts/resolve.ts";
import { completionsAt } from "./completion.ts";
import { hoverAt } from "./hover.ts";
import { inlayHintsOf } from "./inlay-hints.ts";
import { markedFiles } from "./marked-text.test.kit.ts";
import { viewOf } from "./view.ts";

const node = (name: string, over: Partial<ManifestNode> = {}): ManifestNode => ({
  module: "@acme/signals",
  export: name,
  description: `What ${name} is`,
  outputs: { value: { dtype: "f64", unit: "none" } },
  returns: "column",
  causality: "causal",
  mutability: "pure",
  actuation: "none",
  ...over,
});

const MANIFEST: PluginManifest = {
  format: 1,
  package: "@acme/signals",
  version: "1.0.0",
  plugins: [],
  nodes: [
    node("trend", { warmup: { argument: 1, plus: -1 } }),
    node("bands", {
      returns: "panel",
      outputs: { low: { dtype: "f64", unit: "price" }, high: { dtype: "f64", unit: "price" } },
      warmup: 20,
    }),
    node("study", { domains: ["backtest", "dryrun"] }),
    node("outcome", { causality: "delayed" }),
    node("trader", {
      actuation: "order",
      domains: ["shadow"],
      outputs: { weight: { dtype: "f64", unit: "fraction" } },
    }),
  ],
};

const strategy = (graph: string): string => `import { bands, outcome, study, trader, trend } from "@acme/signals";
import { sma } from "@qmtl/core/indicators";
import { fraction, ohlcv } from "@qmtl/core/schema";
import { node, param, strategy, stream, targetWeights } from "@qmtl/core/strategy";

export default strategy({
  name: "main",
  params: { bars: param.int(30, { min: 2, max: 90 }) },
  graph({ params }) {
    const bars = stream({ schema: ohlcv, tags: ["us"], interval: "1d" });
${graph}
  },
});
`;

const files = (graph: string, manifest: unknown = MANIFEST) => {
  const texts: Readonly<Record<string, string>> = {
    "main.ts": strategy(graph),
    "node_modules/@acme/signals/qmtl.plugin.json": JSON.stringify(manifest),
  };
  return { read: (path: string) => texts[path], list: () => ["main.ts"] };
};

const hold = (inputs: string, reads: string): string => `    const hold = node({
      name: "hold",
      inputs: { ${inputs} },
      output: { weight: fraction },
      compute: ({ ${reads} }) => ({ weight: ${reads} > 0 ? 1 : 0 }),
    });
    return targetWeights(hold.weight);`;

const codes = (graph: string, manifest?: unknown): readonly string[] =>
  (createAnalysis(files(graph, manifest)).findings("main.ts") ?? []).map(({ code, message }) => `${code} ${message}`);

test("columns, clock and warm-up of a described builder are known, what it is made of is not", () => {
  const graph = `    const strength = trend(bars.close, params.bars);\n${hold("strength", "strength")}`;
  const [found] = readFacts(files(graph), "main.ts").strategies;
  expect(found?.unread).toEqual([]);
  expect(found?.nodes.map(({ kind }) => kind)).toEqual(["stream", "plugin", "user"]);
  const { nodes, unknowns } = resolveFacts(found!);
  expect(nodes[1]).toMatchObject({
    interval: "1d",
    scope: "symbol",
    output: [{ name: "value", cell: { dtype: "f64", unit: "none" } }],
    warmUp: { firstValid: 29, settle: 29 },
    inputs: [{ name: "0", read: { kind: "column", column: "close" } }],
  });
  expect(unknowns.map(({ cause }) => cause.message)).toEqual([
    "The nodes that trend() is made of are known to @acme/signals alone",
  ]);
  expect(codes(graph)).toEqual([]);
  const view = viewOf(files(graph), "main.ts");
  const whole = { start: { line: 1, column: 1 }, end: { line: 99, column: 1 } };
  expect(inlayHintsOf(view, whole).map(({ text }) => text)).toContain(": f64 · 1d · warm-up 29 bars");
  const at = view
    .marks()
    .find(({ subject, role }) => subject.kind === "node" && subject.node === 1 && role === "definition");
  expect(hoverAt(view, at!.place.start)?.markdown).toContain("What trend is (@acme/signals)");
  const called = view.marks().find(({ subject }) => subject.kind === "builder" && subject.name === "trend");
  expect(hoverAt(view, called!.place.start)?.markdown).toContain("**trend** of @acme/signals: What trend is");
});

test("without a word in the manifest nothing is known, and nothing is said", () => {
  const graph = `    const strength = trend(bars.close, 20);\n${hold("strength", "strength")}`;
  for (const manifest of [{ ...MANIFEST, nodes: [] }, { format: 2 }]) {
    const { facts } = readModule(files(graph, manifest), "main.ts");
    expect(facts.strategies[0]?.unread.map(({ cause }) => cause.code)).toContain("package");
    expect(codes(graph, manifest).filter((each) => !each.startsWith("G306"))).toEqual([]);
  }
});

test("another manifest is another reading", () => {
  const path = "node_modules/@acme/signals/qmtl.plugin.json";
  const texts: Record<string, string> = {
    "main.ts": strategy(`    const x = study(bars.close);\n${hold("x: sma(x, 5)", "x")}`),
  };
  const analysis = createAnalysis({ read: (each) => texts[each], list: () => ["main.ts"] });
  const found = () => analysis.findings("main.ts")?.map(({ code }) => code);
  expect(found()).toEqual(["G306"]);
  texts[path] = JSON.stringify(MANIFEST);
  expect(analysis.changed([path])).toContain("main.ts");
  expect(found()).toEqual(["D102"]);
});

test("the rules hold for its nodes: columns, cells, domains, causality, actuation", () => {
  const panel = `    const range = bands(bars.close);\n${hold("top: range.hihg", "top")}`;
  expect(codes(panel)).toEqual([expect.stringMatching(/^S201 .*"hihg"/)]);
  const unit = `    const strength = trend(bars.close, 20);\n    return targetWeights(strength);`;
  expect(codes(unit)).toEqual([expect.stringMatching(/^S202 /)]);
  const replay = `    const x = study(bars.close);\n${hold("x: sma(x, 5)", "x")}`;
  expect(codes(replay)).toEqual([
    'D102 study() runs in backtest and dryrun only, and "hold" reads it where it runs live',
  ]);
  const label = `    const later = outcome(bars.close);\n${hold("later", "later")}`;
  expect(codes(label)).toEqual([expect.stringMatching(/^C402 /)]);
  const orders = "    return targetWeights(trader(bars.close));";
  expect(codes(orders)).toEqual([expect.stringMatching(/^D101 trader\(\) orders/)]);
});

describe("completion in a strategy that builds by a plugin", () => {
  const complete = (graph: string): readonly string[] => {
    const { view, position } = markedFiles({
      "main.ts": strategy(graph),
      "node_modules/@acme/signals/qmtl.plugin.json": JSON.stringify(MANIFEST),
    });
    const names = { tags: new Map<string, string>(), symbols: new Map<string, string>() };
    return completionsAt(view, position("1"), names).map(({ insert }) => insert);
  };

  test.each<[string, string[]]>([
    ["    const range = bands(bars.|1);", ["open", "high", "low", "close", "volume"]],
    ["    const range = bands(bars.close);\n    const top = sma(range.|1", ["low", "high"]],
    [
      `    const range = bands(bars.close);\n${hold("range", "range").replace("range > 0", "range.|1 > 0")}`,
      ["low", "high"],
    ],
    [`    const range = bands(bars.close);\n${hold("top: range.hi|1", "top")}`, ["low", "high"]],
    [
      `    const strength = trend(bars.close, 20);\n${hold("strength", "x").replace("({ x })", "({ |1 })")}`,
      ["strength"],
    ],
  ])("%s", (graph, words) => {
    expect(complete(graph)).toEqual(words);
  });
});
