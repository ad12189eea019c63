import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { CodeIdentity, SdkModule } from "@qmtl/core/static";
import * as esbuild from "esbuild";
import ts from "typescript";
import { type BundleTools, bundleStrategy } from "./bundle-strategy.ts";
import { evaluateBundle } from "./evaluate-bundle.ts";
import type { StrategyBundle } from "./strategy-bundle.ts";
import { memoryCache, type TransformCache } from "./transform-cache.ts";

export type Files = Readonly<Record<string, string>>;

export const currentTools: BundleTools = { esbuild, syntax: () => Promise.resolve(ts) };

const root = mkdtempSync(path.join(tmpdir(), "qmtl-load-"));
let count = 0;
process.on("exit", () => rmSync(root, { recursive: true, force: true }));

/** Writes files below a new directory and returns it. */
export function writeFiles(files: Files): string {
  const directory = path.join(root, String(count++));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(directory, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return directory;
}

/** A small package with two functions over a shared one, a maker of closures, and a class. */
export const tinyStats = (version: "1.0.0" | "1.0.1"): Files => ({
  "node_modules/tiny-stats/package.json": JSON.stringify({
    name: "tiny-stats",
    version,
    type: "module",
    main: "index.js",
  }),
  "node_modules/tiny-stats/index.js": `export { mean } from "./mean.js"; export { median } from "./median.js";
    export const maker = () => (x) => x; export class Box { constructor(v) { this.v = v } get() { return this.v } }`,
  "node_modules/tiny-stats/mean.js": `import { sum } from "./sum.js"; export function mean(x) { return sum(x) / x.length }`,
  "node_modules/tiny-stats/median.js": `export function median(x) { return x[x.length >> 1] }`,
  "node_modules/tiny-stats/sum.js": `export const sum = (x) => x.reduce((a, b) => a + b, ${version === "1.0.0" ? "0" : "-0"});`,
});

/** What a case says about a strategy: one node `x` around `compute`, unless `nodes` gives others. */
export interface Case {
  readonly compute?: string;
  readonly state?: string;
  /** In place of `compute: …`. */
  readonly property?: string;
  /** Module text above the strategy. */
  readonly module?: string;
  /** Statements of `graph` before the nodes, the nodes, and after them. */
  readonly before?: string;
  readonly nodes?: string;
  readonly after?: string;
  readonly files?: Files;
  readonly params?: Readonly<Record<string, number>>;
  readonly packages?: "1.0.0" | "1.0.1";
  /** Where the strategy file stands. */
  readonly entry?: string;
  /** Last change of the strategy's text. */
  readonly rewrite?: (text: string) => string;
}

export function strategyText(it: Case): string {
  const state = it.state === undefined ? "" : `state: ${it.state},`;
  const node = `node({ name: "x", inputs: {}, ${state} ${it.property ?? `compute: ${it.compute ?? "(i: any) => i.a"}`} });`;
  const text = `import { strategy, node, stream } from "@qmtl/core/strategy";
${it.module ?? ""}
export default strategy({ name: "s", params: {}, graph({ params }: any) {
const bars: any = stream({});
${it.before ?? ""}
${it.nodes ?? node}
${it.after ?? ""}
} });
`;
  return it.rewrite === undefined ? text : it.rewrite(text);
}

export function filesOf(it: Case): Files {
  const packages = it.packages === undefined ? {} : tinyStats(it.packages);
  return { ...packages, ...it.files, [it.entry ?? "p/s.ts"]: strategyText(it) };
}

interface FakeNode {
  readonly name: string;
  readonly compute: unknown;
  readonly state?: unknown;
}

interface FakeStrategy {
  readonly graph: (context: { readonly params: unknown }) => unknown;
}

function fakeSdk(version: string) {
  const handles = new WeakSet<object>();
  const nodes: FakeNode[] = [];
  const handle = <T extends object>(it: T): T => {
    handles.add(it);
    return it;
  };
  const strategy = {
    strategy: (it: FakeStrategy) => it,
    stream: () => handle({ close: handle({}) }),
    node: (it: FakeNode) => {
      nodes.push(it);
      return handle({});
    },
    window: () => handle({}),
    clamp: (x: number, low: number, high: number) => Math.min(high, Math.max(low, x)),
  };
  const sdk: SdkModule[] = [
    { specifier: "@qmtl/core/strategy", version, exports: strategy },
    { specifier: "@qmtl/core/indicators", version, exports: { clamp: strategy.clamp, sma: () => handle({}) } },
  ];
  return { sdk, nodes, isHandle: (it: unknown) => typeof it === "object" && it !== null && handles.has(it) };
}

export interface NodeIdentity {
  readonly compute: CodeIdentity;
  readonly state: CodeIdentity | undefined;
  readonly node: FakeNode;
}

const isStrategy = (it: unknown): it is FakeStrategy => typeof it === "object" && it !== null && "graph" in it;

let runs = 0;

/** Evaluates a bundle, builds its graph over the fake SDK, and asks for the identities of all nodes. */
export function identitiesOf(
  bundle: StrategyBundle,
  options: { readonly params?: Case["params"]; readonly sdkVersion?: string } = {},
): ReadonlyMap<string, NodeIdentity> {
  const { sdk, nodes, isHandle } = fakeSdk(options.sdkVersion ?? "1.0.0");
  const { strategy, registry } = evaluateBundle(bundle, { sdk, runId: `run ${runs++}`, isStrategy, isHandle });
  strategy.graph({ params: Object.freeze({ ...options.params }) });
  registry.close();
  const identities = new Map<string, NodeIdentity>();
  for (const node of nodes) {
    const state = "state" in node ? registry.identify(node.state) : undefined;
    identities.set(node.name, { compute: registry.identify(node.compute), state, node });
  }
  return identities;
}

const shared: TransformCache = memoryCache();

export function bundleFiles(files: Files, entry: string, tools: BundleTools = currentTools): Promise<StrategyBundle> {
  const cache = tools === currentTools ? { cache: shared } : {};
  return bundleStrategy(entry, { workspaceRoot: writeFiles(files), ...cache }, tools);
}

export async function identifyCase(
  it: Case,
  tools: BundleTools = currentTools,
): Promise<ReadonlyMap<string, NodeIdentity>> {
  const bundle = await bundleFiles(filesOf(it), it.entry ?? "p/s.ts", tools);
  return identitiesOf(bundle, it.params === undefined ? {} : { params: it.params });
}

/** Compute and state of one node as one text. */
export function idOf({ compute, state }: NodeIdentity): string {
  return state === undefined ? compute.id : `${compute.id} ${state.id}`;
}

export const isUnique = ({ compute, state }: NodeIdentity): boolean => compute.unique || state?.unique === true;
