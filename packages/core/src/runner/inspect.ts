import { choosePriceStream } from "../backtest/price-stream.ts";
import { type CodeIdentity, type Identify, type SealedGraph, sealGraph, versionDigest } from "../graph/seal.ts";
import { digest } from "../schema/canonical.ts";
import type { Columns } from "../schema/cell.ts";
import { isQmtlError, QmtlError } from "../schema/error.ts";
import type { Interval } from "../schema/interval.ts";
import { columnsJson, type Fold } from "../schema/schema.ts";
import type { ColumnRef, DatasetSpec, DecisionSpec, GraphNode, InputRef, StrategyGraph } from "../strategy/graph.ts";
import { buildGraph, isStrategy, resolveParams, type Strategy } from "../strategy/strategy.ts";
import { tradeColumns } from "../strategy/trade-columns.ts";

/** What a stream of the strategy asks of the world. */
export interface StreamRequest {
  /** Index of the stream's node. */
  readonly node: number;
  readonly schema: {
    readonly id: string;
    readonly columns: Columns;
    readonly fold: Readonly<Record<string, Fold | undefined>>;
  };
  readonly tags: readonly string[];
  readonly match: "any" | "all";
  readonly interval: Interval;
  readonly gaps: "refuse" | "mark" | "absent" | undefined;
  /** Columns that the graph or the brokerage reads, sorted: what the dataset fingerprint covers. */
  readonly columns: readonly string[];
}

/** A built and sealed strategy as plain data: all that may leave the place where its code lives. */
export interface InspectedStrategy {
  readonly name: string;
  readonly params: Readonly<Record<string, number | string>>;
  readonly version: string;
  /** Digest of the graph that these params build. */
  readonly graph: string;
  readonly schemas: string;
  /** `file`: its code is proven by the loader. `process`: an object of this process, whose code nothing vouches for. */
  readonly identity: "file" | "process";
  readonly unproven: SealedGraph["unproven"];
  readonly decision: { readonly kind: DecisionSpec["kind"]; readonly interval: Interval };
  readonly streams: readonly StreamRequest[];
  /** Index of the stream whose prices fill orders. */
  readonly priceStream: number;
  readonly nodes: readonly {
    readonly index: number;
    readonly kind: GraphNode["kind"];
    readonly label: string;
    readonly id: string;
  }[];
}

export interface BuiltStrategy {
  readonly inspected: InspectedStrategy;
  readonly graph: StrategyGraph;
  readonly decision: DecisionSpec;
}

/** A strategy that decides nothing and brings columns together: features, and labels that are known only later. */
export interface InspectedDataset
  extends Pick<
    InspectedStrategy,
    "name" | "params" | "version" | "graph" | "schemas" | "identity" | "unproven" | "streams" | "nodes"
  > {
  readonly dataset: { readonly name: string; readonly interval: Interval };
}

export interface BuiltDataset {
  readonly inspected: InspectedDataset;
  readonly graph: StrategyGraph;
  readonly spec: DatasetSpec;
}

export interface InspectOptions {
  readonly params?: Readonly<Record<string, unknown>>;
  /** Absent: nothing about the code is known, every user node gets an id of its own. */
  readonly identify?: Identify;
  /** Makes ids of unproven code unique; any text that no other run has. */
  readonly runId: string;
}

/**
 * Builds the graph, gives it its identity, and says what it needs.
 *
 * @throws `runner.not-a-strategy`, `runner.dataset-only`, `runner.domain-excluded`, everything `graph()` throws, `identity.rejected`
 */
export function inspectStrategy(value: unknown, options: InspectOptions): BuiltStrategy {
  const author = readAuthor(value, options);
  const { strategy, graph } = author;
  const { result } = graph;
  if (result.kind === "dataset")
    throw new QmtlError({
      code: "runner.dataset-only",
      message: `"${strategy.name}" builds the dataset "${result.name}" and decides nothing`,
      place: { strategy: strategy.name },
      next: "Build it with qmtl dataset FILE --world W --out DIR, or submit a strategy that returns a decision.",
    });
  requireBacktest(graph, strategy.name);
  const priceStream = choosePriceStream(graph);
  const streams = streamRequests(graph, decisionColumns(result), priceOf(graph, result, priceStream));
  return {
    graph,
    decision: result,
    inspected: {
      ...describe(author, streams, options),
      decision: { kind: result.kind, interval: result.interval },
      priceStream,
    },
  };
}

/**
 * The same for a strategy that builds a dataset.
 *
 * @throws as {@link inspectStrategy}, and `runner.no-dataset` for one that decides
 */
export function inspectDataset(value: unknown, options: InspectOptions): BuiltDataset {
  const author = readAuthor(value, options);
  const { strategy, graph } = author;
  const { result } = graph;
  if (result.kind !== "dataset")
    throw new QmtlError({
      code: "runner.no-dataset",
      message: `"${strategy.name}" decides, and builds no dataset`,
      place: { strategy: strategy.name },
      next: "Return dataset({ name, features, labels }) from graph(), or submit the strategy with qmtl submit.",
    });
  requireBacktest(graph, strategy.name);
  const streams = streamRequests(graph, Object.values(result.features));
  return {
    graph,
    spec: result,
    inspected: {
      ...describe(author, streams, options),
      dataset: { name: result.name, interval: result.interval },
    },
  };
}

interface Author {
  readonly strategy: Strategy;
  readonly params: Readonly<Record<string, number | string>>;
  readonly graph: StrategyGraph;
  readonly sealed: SealedGraph;
  readonly sealedDefaults: SealedGraph;
}

function readAuthor(value: unknown, options: InspectOptions): Author {
  if (!isStrategy(value))
    throw new QmtlError({
      code: "runner.not-a-strategy",
      message: "What was submitted is not a strategy",
      next: "Export default what strategy({ … }) returned, made by the same copy of @qmtl/core.",
    });
  const strategy: Strategy = value;
  const params = resolveParams(strategy, options.params);
  const identify = options.identify ?? processIdentity(options.runId);
  const defaults = resolveParams(strategy);
  const graph = buildAuthored(strategy, params);
  const sealed = sealAuthored(strategy, graph, identify);
  const sameAsDefaults = Object.entries(defaults).every(([name, given]) => params[name] === given);
  const sealedDefaults = sameAsDefaults ? sealed : sealAuthored(strategy, buildAuthored(strategy, defaults), identify);
  return { strategy, params, graph, sealed, sealedDefaults };
}

function describe(
  { strategy, params, graph, sealed, sealedDefaults }: Author,
  streams: readonly StreamRequest[],
  options: InspectOptions,
): Omit<InspectedDataset, "dataset"> {
  return {
    name: strategy.name,
    params,
    version: versionDigest(strategy.name, strategy.params, sealedDefaults),
    graph: sealed.digest,
    schemas: digest(
      "schemas/1",
      streams
        .map(({ schema }) => [schema.id, Object.entries(columnsJson(schema.columns))])
        .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
    ),
    identity: options.identify === undefined ? "process" : "file",
    unproven: sealed.unproven,
    streams,
    nodes: graph.nodes.map((node) => ({
      index: node.index,
      kind: node.kind,
      label: nodeLabel(node),
      id: sealed.ids[node.index] as string,
    })),
  };
}

/** A submission replays in `backtest`: a node that its author keeps out of there can't be judged by it. */
function requireBacktest({ nodes }: StrategyGraph, strategy: string): void {
  for (const node of nodes) {
    const domains = "domains" in node ? node.domains : undefined;
    if (domains === undefined || domains.includes("backtest")) continue;
    throw new QmtlError({
      code: "runner.domain-excluded",
      message: `Node "${nodeLabel(node)}" may run in ${domains.join(", ")} only, and a submission replays in backtest`,
      place: { strategy, node: nodeLabel(node) },
      next: 'Add "backtest" to its domains, or leave the node out of the decision.',
      class: "rejected",
    });
  }
}

/** How a node is called in reports: the author's name, or what it does. */
export function nodeLabel(node: GraphNode): string {
  if ("name" in node) return node.name;
  if (node.kind === "kernel" || node.kind === "cross-kernel") {
    const values = Object.entries(node.params).flatMap(([key, value]) => (key === "interval" ? [] : [String(value)]));
    return `${node.kernel.name}(${values.join(", ")})`;
  }
  if (node.kind === "stream") return `stream(${node.tags.join(", ")} ${node.interval})`;
  return node.kind === "pick" ? `pick(${node.symbol})` : node.kind;
}

/** Runs `graph()` so that what the author's own code throws is a finding about the strategy. */
function buildAuthored(strategy: Strategy, params: Readonly<Record<string, number | string>>): StrategyGraph {
  try {
    return buildGraph(strategy, params);
  } catch (error) {
    if (isQmtlError(error)) throw rejection(error, strategy.name);
    throw new QmtlError({
      code: "runner.graph-threw",
      message: `graph() of "${strategy.name}" threw: ${error instanceof Error ? error.message : String(error)}`,
      place: { strategy: strategy.name },
      next: "Mend graph(); it runs before any data is read.",
      class: "rejected",
      cause: error,
    });
  }
}

function sealAuthored(strategy: Strategy, graph: StrategyGraph, identify: Identify): SealedGraph {
  try {
    return sealGraph(graph, identify);
  } catch (error) {
    throw isQmtlError(error) ? rejection(error, strategy.name) : error;
  }
}

function rejection(error: QmtlError, strategy: string): QmtlError {
  return new QmtlError({
    ...error.toJSON(),
    place: { strategy, ...error.place },
    class: error.code === "strategy.unknown-param" || error.code === "strategy.invalid-param" ? "usage" : "rejected",
    cause: error,
  });
}

function processIdentity(runId: string): Identify {
  let ordinal = 0;
  return (): CodeIdentity => ({
    id: digest("unique/1", [runId, ordinal++]),
    unique: true,
    rejected: false,
    causes: [
      {
        code: "identity-process",
        message: "the strategy was submitted as an object of this process, so nothing is known of its source",
        path: "",
      },
    ],
  });
}

/** The columns of the price stream that fills read. */
function priceOf({ nodes }: StrategyGraph, decision: DecisionSpec, priceStream: number): readonly ColumnRef[] {
  const levels = decision.kind === "orders" ? ["open", "high", "low", "close"] : ["open", "close"];
  return [...levels, "bid", "ask"].flatMap((column) =>
    nodes[priceStream]?.output[column] === undefined ? [] : [{ node: priceStream, column }],
  );
}

/** @param asked columns that are read beside those that nodes read */
function streamRequests(graph: StrategyGraph, ...asked: readonly (readonly ColumnRef[])[]): StreamRequest[] {
  const read = new Map<number, Set<string>>();
  const mark = (node: number, columns: readonly string[]): void => {
    const set = read.get(node) ?? new Set<string>();
    read.set(node, set);
    for (const column of columns) set.add(column);
  };
  for (const node of graph.nodes) for (const input of node.inputs) markRead(input.read, mark);
  for (const refs of asked) for (const ref of refs) mark(ref.node, [ref.column]);
  return graph.nodes.flatMap((node) =>
    node.kind === "stream"
      ? [
          {
            node: node.index,
            schema: node.schema,
            tags: node.tags,
            match: node.match,
            interval: node.interval,
            gaps: node.gaps,
            columns: [...(read.get(node.index) ?? [])].sort(),
          },
        ]
      : [],
  );
}

function markRead(read: InputRef, mark: (node: number, columns: readonly string[]) => void): void {
  if (read.kind === "column" || read.kind === "window") mark(read.ref.node, [read.ref.column]);
  else if (read.kind === "panel" || read.kind === "window-panel") mark(read.node, read.columns);
}

/** Every column that a decision reads, without repeats of the same reference. */
export function decisionColumns(decision: DecisionSpec): readonly ColumnRef[] {
  if (decision.kind !== "orders")
    return decision.target.kind === "panel" ? [decision.target.ref] : Object.values(decision.target.columns);
  return [decision.long, decision.short].flatMap((side) => (side === undefined ? [] : tradeColumns(side)));
}
