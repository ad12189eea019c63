import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import * as indicators from "@qmtl/core/indicators";
import * as schemas from "@qmtl/core/schema";
import * as authoring from "@qmtl/core/strategy";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ColumnRef, GraphNode, InputRef, StrategyGraph, TradeSpec } from "../../../core/src/strategy/graph.ts";
import type { Kernel } from "../../../core/src/strategy/kernel.ts";
import { ts } from "../syntax/index.ts";
import type { StrategyFacts } from "./facts.ts";
import { strategyText } from "./generated.test.data.ts";
import { readFacts } from "./read.ts";
import { resolveFacts } from "./resolve.ts";
import { isUnknown, type StaticGraph, type StaticNode, type StaticRead } from "./static-graph.ts";
import { TRICKY } from "./tricky.test.data.ts";
import { resolveRelative, type VirtualFiles } from "./virtual-files.ts";

type Params = Readonly<Record<string, number | string>>;

interface Core {
  buildGraph(of: unknown, params: Params): StrategyGraph;
  resolveParams(of: unknown, given?: Params): Record<string, number | string>;
  isStrategy(value: unknown): boolean;
}

// The authoring runtime itself, from where the builders above come.
const core = (await import(new URL("../../../core/src/strategy/strategy.ts", import.meta.url).href)) as Core;

const WORKSPACE = fileURLToPath(new URL("../../../../fixtures/workspace/strategies/", import.meta.url));

const CORPUS = fileURLToPath(new URL("../../../../fixtures/corpus/", import.meta.url));

const workspace = filesBelow(WORKSPACE);

function filesBelow(folder: string): VirtualFiles {
  return {
    read(path) {
      try {
        return readFileSync(folder + path, "utf8");
      } catch {
        return undefined;
      }
    },
  };
}

describe("the graph that is inferred is the graph that runs", () => {
  const strategies = readdirSync(WORKSPACE).filter((file) => file.endsWith(".ts"));

  test("the sample workspace has strategies for every builder", () => {
    expect(strategies.length).toBeGreaterThanOrEqual(14);
    const all = strategies.map((file) => workspace.read(file)).join("\n");
    const builders = Object.entries(authoring)
      .filter(
        ([name, value]) => typeof value === "function" && !["kernel", "crossKernel", "readArtifact"].includes(name),
      )
      .map(([name]) => name);
    for (const builder of builders) expect(all).toMatch(new RegExp(`\\b${builder}\\(`));
  });

  test.each(strategies)("%s is known as a whole", (file) => {
    const facts = readFacts(workspace, file);
    const [strategy] = facts.strategies;
    expect(facts.default).toEqual({ kind: "strategy", index: 0 });
    expect(strategy?.unread).toEqual([]);
    const executed = execute(workspace, file);
    for (const params of paramSets(strategy as StrategyFacts)) {
      const graph = resolveFacts(strategy as StrategyFacts, params);
      expect(graph.unknowns).toEqual([]);
      expectSame(graph, executed(params));
    }
  });
});

describe("the corpus", () => {
  const strategiesOf = (half: string): string[] =>
    readdirSync(CORPUS + half, { recursive: true, encoding: "utf8" })
      .filter(
        (path) => path.startsWith("strategies/") && path.endsWith(".ts") && !path.startsWith("strategies/shared/"),
      )
      .sort();

  test.each(strategiesOf("clean"))("%s of the clean half is known as a whole", (file) => {
    const files = filesBelow(`${CORPUS}clean/`);
    const facts = readFacts(files, file);
    const strategy = facts.default.kind === "strategy" ? facts.strategies[facts.default.index] : undefined;
    const executed = execute(files, file);
    for (const params of paramSets(strategy as StrategyFacts)) {
      const graph = resolveFacts(strategy as StrategyFacts, params);
      expect(graph.unknowns).toEqual([]);
      expectSame(graph, executed(params));
    }
  });

  const flawed = filesBelow(`${CORPUS}flawed/`);
  const running = strategiesOf("flawed").flatMap((file) => {
    const executed = tryExecute(flawed, file);
    return executed === undefined ? [] : [{ file, executed }];
  });

  test("some of the flawed half executes all the same", () => {
    expect(running.length).toBeGreaterThanOrEqual(15);
  });

  test.each(running)("$file of the flawed half is nowhere contradicted", ({ file, executed }) => {
    const facts = readFacts(flawed, file);
    const strategy = facts.default.kind === "strategy" ? facts.strategies[facts.default.index] : undefined;
    const graph = resolveFacts(strategy as StrategyFacts);
    expect(contradictions(graph, executed({}))).toEqual([]);
    if (graph.unknowns.length === 0) expectSame(graph, executed({}));
  });
});

describe("where facts can't tell, they say so", () => {
  test.each(TRICKY.map((each) => [each.title, each] as const))("%s", (_title, { files, unknown }) => {
    const virtual: VirtualFiles = { read: (path) => files[path] };
    const facts = readFacts(virtual, "main.ts");
    const executed = tryExecute(virtual, "main.ts");
    const strategy = facts.default.kind === "strategy" ? facts.strategies[facts.default.index] : undefined;
    const graph = strategy === undefined ? undefined : resolveFacts(strategy);
    const causes =
      graph?.unknowns.map(({ cause }) => cause.code) ??
      (facts.default.kind === "unknown" ? [facts.default.cause.code] : []);
    expect([...new Set(causes)].sort()).toEqual([...unknown].sort());
    if (unknown.length === 0) expect(executed, "a strategy that is known as a whole must run").toBeDefined();
    if (executed === undefined || graph === undefined) return;
    const build = executed({});
    expect(contradictions(graph, build)).toEqual([]);
    if (graph.unknowns.length === 0) expectSame(graph, build);
  });
});

describe("strategies written at random", () => {
  test("are read as they run, under any params", () => {
    fc.assert(
      fc.property(strategyText(), ({ text, params }) => {
        const virtual: VirtualFiles = { read: (path) => (path === "main.ts" ? text : undefined) };
        const facts = readFacts(virtual, "main.ts");
        const strategy = facts.strategies[0] as StrategyFacts;
        const executed = execute(virtual, "main.ts")(params);
        const graph = resolveFacts(strategy, params);
        expect(graph.unknowns).toEqual([]);
        expectSame(graph, executed);
      }),
      { numRuns: 80 },
    );
  });
});

describe("the comparison itself", () => {
  const text = `
    import { sma } from "@qmtl/core/indicators";
    import { fraction, ohlcv } from "@qmtl/core/schema";
    import { node, strategy, stream, targetWeights, window } from "@qmtl/core/strategy";
    export default strategy({
      name: "s",
      graph() {
        const bars = stream({ schema: ohlcv, tags: ["x"], interval: "1d" });
        const n = node({ name: "n", inputs: { fast: sma(bars.close, 10), w: window(bars.open, 5) }, output: { w: fraction }, compute: () => ({ w: 0 }) });
        return targetWeights(n.w);
      },
    });`;
  const changes: readonly (readonly [string, string, string])[] = [
    ["a period", "bars.close, 10", "bars.close, 11"],
    ["a column", "bars.close", "bars.high"],
    ["a window", "bars.open, 5", "bars.open, 6"],
    ["a tag", '["x"]', '["y"]'],
    ["an interval", '"1d"', '"1h"'],
    ["an input's name", "{ fast:", "{ slow:"],
    ["a node's name", 'name: "n"', 'name: "m"'],
    ["a cell", "ohlcv, tags", "{ ...ohlcv, columns: { ...ohlcv.columns, close: fraction } }, tags"],
  ];
  test.each(changes)("sees %s", (_what, before, after) => {
    const other = text.replace(before, after);
    expect(other).not.toBe(text);
    const facts = readFacts({ read: () => text }, "main.ts");
    const executed = execute({ read: () => other }, "main.ts")({});
    const graph = resolveFacts(facts.strategies[0] as StrategyFacts);
    expect(contradictions(graph, executed)).not.toEqual([]);
    expect(() => expectSame(graph, executed)).toThrow();
  });
});

/** Defaults, and both ends of every range. */
function paramSets({ params }: StrategyFacts): Params[] {
  if (params.kind === "unknown") return [{}];
  const ends = params.params.flatMap((param): Params[] => {
    if (param.kind === "unknown") return [];
    const values = param.kind === "choice" ? (param.of.kind === "list" ? param.of.items : []) : [param.min, param.max];
    return values.flatMap((term) =>
      term.kind === "literal" && typeof term.value !== "boolean" ? [{ [param.name]: term.value }] : [],
    );
  });
  return [{}, ...ends];
}

/** Runs the code of a file as it stands, and gives its graph. */
function execute(files: VirtualFiles, entry: string): (params: Params) => StrategyGraph {
  const loaded = new Map<string, { exports: Record<string, unknown> }>();
  const packages: Record<string, unknown> = {
    "@qmtl/core/indicators": indicators,
    "@qmtl/core/schema": schemas,
    "@qmtl/core/strategy": authoring,
  };
  const load = (path: string): Record<string, unknown> => {
    const before = loaded.get(path);
    if (before !== undefined) return before.exports;
    const text = files.read(path) as string;
    const module = { exports: {} as Record<string, unknown> };
    loaded.set(path, module);
    if (path.endsWith(".json")) {
      const data = JSON.parse(text) as Record<string, unknown>;
      module.exports = { ...data, default: data, __esModule: true };
      return module.exports;
    }
    const { outputText } = ts.transpileModule(text, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
    });
    const require = (specifier: string): unknown => {
      if (packages[specifier] !== undefined) return packages[specifier];
      const found = resolveRelative(files, path, specifier);
      if (found === undefined) throw new Error(`no ${specifier} for ${path} in ${posix.dirname(path)}`);
      return load(found);
    };
    new Function("require", "exports", "module", `"use strict";${outputText}`)(require, module.exports, module);
    return module.exports;
  };
  const strategy = load(entry)["default"];
  return (params) => core.buildGraph(strategy, core.resolveParams(strategy, params));
}

function tryExecute(files: VirtualFiles, entry: string): ((params: Params) => StrategyGraph) | undefined {
  try {
    const build = execute(files, entry);
    build({});
    return build;
  } catch {
    return undefined;
  }
}

/** Everything equal, index by index. */
function expectSame(graph: StaticGraph, executed: StrategyGraph): void {
  expect(graph.nodes.map((node) => plainStatic(node))).toEqual(executed.nodes.map((node) => plainExecuted(node)));
  expect(graph.result).toEqual(plainResult(executed));
}

interface PlainNode {
  readonly options: unknown;
  readonly inputs: unknown;
  readonly output: unknown;
  readonly interval: unknown;
  readonly scope: unknown;
  readonly warmUp: unknown;
}

function plainStatic({ options, inputs, output, interval, scope, warmUp }: StaticNode): PlainNode {
  const { builder: _builder, ...rest } = { builder: undefined, ...options };
  return { options: rest, inputs, output, interval, scope, warmUp };
}

function plainExecuted(node: GraphNode): PlainNode {
  return {
    options: plainOptions(node),
    inputs: node.inputs.map(({ name, read }) => ({ name, read: plainRead(read) })),
    output: Object.entries(node.output).map(([name, cell]) => ({ name, cell })),
    interval: node.interval,
    scope: node.scope,
    warmUp: plainWarmUp(node),
  };
}

function plainOptions(node: GraphNode): unknown {
  switch (node.kind) {
    case "stream":
      return {
        kind: node.kind,
        schema: node.schema.id,
        tags: node.tags,
        match: node.match,
        gaps: node.gaps,
        prices: node.prices,
      };
    case "user":
      return {
        kind: node.kind,
        name: node.name,
        state: node.state !== undefined,
        warmup: node.warmup,
        domains: node.domains,
      };
    case "cross-section":
      return { kind: node.kind, name: node.name, state: false, warmup: undefined, domains: node.domains };
    case "aggregate":
      return { kind: node.kind, name: node.name, state: false, warmup: undefined, domains: undefined };
    case "kernel":
    case "cross-kernel":
      return { kind: node.kind, kernel: node.kernel.name, params: { ...node.params } };
    case "pick":
      return { kind: node.kind, symbol: node.symbol };
    case "resample":
      return { kind: node.kind, direction: node.direction, fold: { ...node.fold } };
    case "align":
      return { kind: node.kind, maxAge: node.maxAge };
    case "cast":
      return { kind: node.kind, to: node.to };
    case "bar-time":
      return { kind: node.kind };
    case "rng":
      return { kind: node.kind, seed: node.seed };
    case "label":
      return { kind: node.kind, label: node.label, bars: node.bars, options: labelOptions(node) };
  }
}

function labelOptions(node: Extract<GraphNode, { kind: "label" }>): unknown {
  if (node.label === "forward-return") return {};
  const { profit, loss, side, cost } = node;
  return { profit, loss, side, cost };
}

function plainWarmUp(node: GraphNode): unknown {
  if (node.kind === "kernel") {
    const kernel: Kernel = node.kernel;
    return { firstValid: kernel.firstValid(node.params), settle: kernel.settle(node.params) };
  }
  if (node.kind !== "user") return { firstValid: 0, settle: 0 };
  const bars = node.inputs.map(({ read }) => ("bars" in read ? read.bars - 1 : 0));
  const firstValid = Math.max(0, ...bars);
  const forgets = node.state === undefined ? 0 : (node.warmup ?? Number.POSITIVE_INFINITY);
  return { firstValid, settle: firstValid + forgets };
}

function plainRead(read: InputRef): StaticRead {
  switch (read.kind) {
    case "column":
      return columnRead(read.ref);
    case "window":
      return { kind: "window", bars: read.bars, ...read.ref };
    case "panel":
      return { kind: "panel", node: read.node };
    case "window-panel":
      return { kind: "window-panel", bars: read.bars, node: read.node };
    case "constant":
      return read;
  }
}

function columnRead(ref: ColumnRef): StaticRead {
  return { kind: "column", node: ref.node, column: ref.column };
}

function plainResult({ result, nodes }: StrategyGraph): unknown {
  const named = (columns: Readonly<Record<string, ColumnRef>>) =>
    Object.entries(columns).map(([name, ref]) => ({
      name,
      read: nodes[ref.node]?.kind === "label" ? { ...columnRead(ref), kind: "label" } : columnRead(ref),
    }));
  switch (result.kind) {
    case "orders":
      return { kind: "orders", long: plainTrade(result.long), short: plainTrade(result.short) };
    case "dataset":
      return { kind: "dataset", name: result.name, features: named(result.features), labels: named(result.labels) };
    default: {
      const { target } = result;
      return { kind: result.kind, targets: named(target.kind === "panel" ? { "": target.ref } : target.columns) };
    }
  }
}

function plainTrade(trade: TradeSpec | undefined): unknown {
  if (trade === undefined) return undefined;
  const columns = (["enter", "exit", "limit", "trigger", "stop", "takeProfit", "trail", "until"] as const).flatMap(
    (name) => {
      const ref = trade[name];
      return ref === undefined ? [] : [{ name, read: columnRead(ref) }];
    },
  );
  const size: StaticRead =
    trade.size.kind === "constant" ? { kind: "constant", value: trade.size.value } : columnRead(trade.size.ref);
  const { expire, at: auction } = trade;
  // A date says how long by itself.
  const timeInForce = trade.timeInForce === "gtd" ? undefined : trade.timeInForce;
  return { columns: [...columns, { name: "size", read: size }], expire, auction, timeInForce };
}

/** Every place where a graph that is known in part says something that does not run; nodes are matched along known edges. */
function contradictions(graph: StaticGraph, executed: StrategyGraph): string[] {
  const found: string[] = [];
  const pairs = new Map<number, number>();
  const same = (path: string, known: unknown, real: unknown): void => {
    if (isUnknown(known)) return;
    if (isRead(known) && isRead(real)) {
      samePair(path, known.node, real.node);
      const { node: _known, ...mine } = known;
      const { node: _real, ...theirs } = real;
      same(path, mine, theirs);
      return;
    }
    if (Array.isArray(known) && Array.isArray(real)) {
      if (known.length !== real.length) found.push(`${path} has ${known.length}, not ${real.length}`);
      // Unordered while an item is unknown.
      if (!known.some(isUnknown)) for (const [i, item] of known.entries()) same(`${path}[${i}]`, item, real[i]);
    } else if (isRecord(known) && isRecord(real)) {
      for (const key of new Set([...Object.keys(known), ...Object.keys(real)]))
        same(`${path}.${key}`, known[key], real[key]);
    } else if (!Object.is(known, real)) found.push(`${path} is ${String(known)}, not ${String(real)}`);
  };
  const samePair = (path: string, known: number, real: number): void => {
    const before = pairs.get(known);
    if (before !== undefined) {
      if (before !== real) found.push(`${path} is node ${known}, which is ${before}, not ${real}`);
      return;
    }
    if ([...pairs.values()].includes(real)) found.push(`${path} tells node ${real} apart from itself`);
    pairs.set(known, real);
    same(
      `node ${known}`,
      plainStatic(graph.nodes[known] as StaticNode),
      plainExecuted(executed.nodes[real] as GraphNode),
    );
  };
  same("result", graph.result, plainResult(executed));
  return found;
}

function isRead(value: unknown): value is { readonly node: number } {
  return isRecord(value) && typeof value["node"] === "number";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
