import { digest } from "../schema/canonical.ts";
import { describeCell } from "../schema/cell.ts";
import { type ErrorPlace, QmtlError } from "../schema/error.ts";
import { columnsJson } from "../schema/schema.ts";
import type {
  ColumnRef,
  Constant,
  DatasetSpec,
  DecisionSpec,
  GraphNode,
  InputRef,
  LabelNode,
  StrategyGraph,
  UserFunction,
} from "../strategy/graph.ts";
import type { Params } from "../strategy/param.ts";

/** Why a piece of code can't be shared, or can't be run. */
export interface IdentityCause {
  readonly code: string;
  readonly message: string;
  /** How the sealed function reaches it, for example `helper.table[2]`. Empty for the function itself. */
  readonly path: string;
  readonly location?: { readonly file: string; readonly line: number; readonly column: number };
}

/** What is known of a function: equal ids mean equal code over equal frozen values. */
export interface CodeIdentity {
  readonly id: string;
  /** The id belongs to this run alone: something in reach can't be proven. */
  readonly unique: boolean;
  /** Something in reach may not run at all (async, eval…). */
  readonly rejected: boolean;
  readonly causes: readonly IdentityCause[];
}

export type Identify = (code: UserFunction) => CodeIdentity;

/** A graph whose every node has an id. */
export interface SealedGraph {
  readonly graph: StrategyGraph;
  /** NodeIDs by node index, 64 hexadecimal digits. */
  readonly ids: readonly string[];
  /** Nodes whose own code could not be proven, with the causes. Their dependents inherit the uniqueness through their inputs. */
  readonly unproven: readonly { readonly node: string; readonly causes: readonly IdentityCause[] }[];
  /** Identity of result and nodes together, including where nodes may run. */
  readonly digest: string;
}

const NODE_SCHEME = "nodeid/1";
const GRAPH_SCHEME = "graph/1";
const VERSION_SCHEME = "version/1";

/**
 * Gives every node its NodeID: a digest of scheme, kind and version, params, input names and ids, stream selectors, output schema
 * and code ids. World, data and engine are no part of it; neither are the names of nodes.
 *
 * @throws `identity.rejected` (class `rejected`) naming node and cause
 */
export function sealGraph(graph: StrategyGraph, identify: Identify): SealedGraph {
  const ids: string[] = [];
  const unproven: { node: string; causes: readonly IdentityCause[] }[] = [];
  for (const node of graph.nodes) {
    const code: Record<string, string> = {};
    if ("compute" in node) {
      const functions = {
        compute: node.compute,
        ...(node.kind === "user" && node.state !== undefined && { state: node.state }),
      };
      const causes: IdentityCause[] = [];
      for (const [part, value] of Object.entries(functions)) {
        const identity = identify(value);
        if (identity.rejected) rejectCode(node.name, part, identity.causes);
        if (identity.unique) causes.push(...identity.causes);
        code[part] = identity.id;
      }
      if (causes.length > 0) unproven.push({ node: node.name, causes });
    }
    ids.push(
      digest(NODE_SCHEME, {
        ...identityOf(node),
        inputs: node.inputs.map(({ name, read }) => [name, readJson(read, ids)]),
        code,
      }),
    );
  }
  return {
    graph,
    ids,
    unproven,
    digest: digest(GRAPH_SCHEME, {
      result: resultJson(graph.result, ids),
      // Not values but permissions and replay: two versions that differ in them are two versions.
      rules: graph.nodes.flatMap((node) =>
        node.kind === "user" || node.kind === "cross-section"
          ? [[ids[node.index], node.domains ?? null, (node.kind === "user" ? node.warmup : undefined) ?? null]]
          : [],
      ),
    }),
  };
}

/** A submitted version: name, declared params and the graph that its default params build. */
export function versionDigest(name: string, params: Params, sealedDefaults: SealedGraph): string {
  const declared = Object.fromEntries(
    Object.entries(params).map(([key, { kind, default: value, range }]) => [
      key,
      { kind, default: value, range: { ...range } },
    ]),
  );
  return digest(VERSION_SCHEME, { name, params: declared, graph: sealedDefaults.digest });
}

function rejectCode(node: string, part: string, causes: readonly IdentityCause[]): never {
  const [first] = causes;
  const place: ErrorPlace = {
    node,
    ...(first?.location !== undefined && {
      file: first.location.file,
      line: first.location.line,
      column: first.location.column,
    }),
  };
  throw new QmtlError({
    code: "identity.rejected",
    message: `${part} of node "${node}" can't run here: ${first?.message ?? "its code is refused"}`,
    place,
    next: "Keep compute synchronous and free of generated code; move other work to a data provider.",
    class: "rejected",
    details: causes
      .slice(1)
      .map((cause) => ({ code: cause.code, message: cause.message, place: { node, ...cause.location } })),
  });
}

function identityOf(node: GraphNode): Record<string, unknown> {
  const base = {
    kind: node.kind,
    interval: node.interval,
    scope: node.scope,
    output: Object.entries(columnsJson(node.output)),
  };
  switch (node.kind) {
    case "stream":
      return {
        ...base,
        schema: [node.schema.id, Object.entries(columnsJson(node.schema.columns)), foldJson(node.schema.fold)],
        tags: node.tags,
        match: node.match,
        gaps: node.gaps ?? null,
        ...(node.prices === "raw" && { prices: node.prices }),
      };
    case "kernel":
    case "cross-kernel":
      return {
        ...base,
        kernel: `${node.kernel.name}@${node.kernel.version}`,
        params: Object.fromEntries(Object.entries(node.params).map(([key, value]) => [key, constantJson(value)])),
      };
    case "pick":
      return { ...base, symbol: node.symbol };
    case "resample":
      return { ...base, direction: node.direction, fold: foldJson(node.fold) };
    case "align":
      return { ...base, maxAge: node.maxAge };
    case "cast":
      return { ...base, to: describeCell(node.to) };
    case "rng":
      return { ...base, seed: constantJson(node.seed) };
    case "label":
      return { ...base, ...labelJson(node) };
    case "user":
    case "cross-section":
    case "aggregate":
    case "bar-time":
      return base;
  }
}

function labelJson(node: LabelNode): Record<string, unknown> {
  const { label, bars } = node;
  if (node.label === "forward-return") return { label, bars };
  const { profit, loss, side, cost } = node;
  return { label, bars, profit, loss, side, cost: constantJson(cost) };
}

function foldJson(fold: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fold).flatMap(([key, how]) => (how === undefined ? [] : [[key, how]])));
}

/** Canonical JSON has one zero and no NaN; a compute can tell them apart. */
function constantJson(value: Constant): unknown {
  if (typeof value !== "number") return value;
  return Number.isFinite(value) && !Object.is(value, -0)
    ? value
    : { number: Object.is(value, -0) ? "-0" : String(value) };
}

function readJson(read: InputRef, ids: readonly string[]): unknown {
  switch (read.kind) {
    case "constant":
      return ["constant", constantJson(read.value)];
    case "column":
      return ["column", ids[read.ref.node], read.ref.column];
    case "window":
      return ["window", read.bars, ids[read.ref.node], read.ref.column];
    case "panel":
      return ["panel", ids[read.node], read.columns];
    case "window-panel":
      return ["window-panel", read.bars, ids[read.node], read.columns];
  }
}

function resultJson(result: DecisionSpec | DatasetSpec, ids: readonly string[]): unknown {
  const ref = (column: ColumnRef | undefined): unknown =>
    column === undefined ? null : [ids[column.node], column.column];
  const refs = (columns: Readonly<Record<string, ColumnRef>>): unknown =>
    Object.fromEntries(Object.entries(columns).map(([key, column]) => [key, ref(column)]));
  if (result.kind === "dataset")
    return { kind: result.kind, name: result.name, features: refs(result.features), labels: refs(result.labels) };
  if (result.kind === "orders") {
    const side = (trade: typeof result.long): unknown =>
      trade === undefined
        ? null
        : {
            enter: ref(trade.enter),
            exit: ref(trade.exit),
            size: trade.size.kind === "constant" ? trade.size.value : [ref(trade.size.ref), trade.size.unit],
            limit: ref(trade.limit),
            trigger: ref(trade.trigger),
            stop: ref(trade.stop),
            takeProfit: ref(trade.takeProfit),
            trail: ref(trade.trail),
            expire: trade.expire ?? null,
            at: trade.at ?? null,
            timeInForce: trade.timeInForce ?? null,
            until: ref(trade.until),
          };
    return { kind: result.kind, long: side(result.long), short: side(result.short) };
  }
  return {
    kind: result.kind,
    target: result.target.kind === "panel" ? ref(result.target.ref) : refs(result.target.columns),
  };
}
