import { QmtlError } from "../schema/error.ts";
import { compareIntervals } from "../schema/interval.ts";
import type { ColumnRef, DecisionSpec, GraphNode, InputRef, StrategyGraph, StreamNode } from "../strategy/graph.ts";
import { tradeColumns } from "../strategy/trade-columns.ts";

/** How a schema's columns price an order. `bars`: filled at the open, marked at the close. `book`: bought at the ask, sold at the bid, marked at the mid. */
export type PriceKind = "bars" | "book";

/** Undefined where the columns hold no price that an order could get. */
export function priceKind(columns: StreamNode["schema"]["columns"]): PriceKind | undefined {
  const has = (name: string) => columns[name]?.dtype === "f64";
  if (has("open") && has("close")) return "bars";
  return has("bid") && has("ask") ? "book" : undefined;
}

/**
 * Index of the stream whose prices fill the orders.
 *
 * Streams that carry the traded symbols come first: those from which the decision derives symbol by symbol, or out of which a symbol it
 * names is picked; failing these, any stream of the graph. Among them the finest interval that has prices wins, and of several the one
 * that the decision's columns reach first, breadth first.
 *
 * @throws `backtest.no-decision`, `backtest.no-prices`
 */
export function choosePriceStream(graph: StrategyGraph): number {
  const { result } = graph;
  if (result.kind === "dataset")
    throw new QmtlError({
      code: "backtest.no-decision",
      message: `Dataset "${result.name}" decides nothing that could be traded`,
      next: "Return targetWeights(), targetPositions() or orders() from graph().",
    });
  const reached = reachedStreams(graph, result);
  const found = finest(reached.filter((stream) => stream.carries)) ?? finest(reached);
  if (found !== undefined) return found.node.index;
  const schemas = [...new Set(reached.map(({ node }) => node.schema.id))];
  throw new QmtlError({
    code: "backtest.no-prices",
    message: `Nothing prices an order: the decision reads ${schemas.length === 0 ? "no stream" : schemas.join(", ")}`,
    next: "Derive it from a stream whose schema has f64 columns open and close, or bid and ask.",
  });
}

interface Reached {
  readonly node: StreamNode;
  /** It holds the symbols that are traded. */
  readonly carries: boolean;
}

function finest(streams: readonly Reached[]): Reached | undefined {
  let best: Reached | undefined;
  for (const stream of streams) {
    if (priceKind(stream.node.schema.columns) === undefined) continue;
    if (best === undefined || compareIntervals(stream.node.interval, best.node.interval) < 0) best = stream;
  }
  return best;
}

/** Breadth first from the decision's columns; a stream counts once, as a carrier where any way to it makes it one. */
function reachedStreams(graph: StrategyGraph, decision: DecisionSpec): readonly Reached[] {
  const traded =
    decision.kind !== "orders" && decision.target.kind === "per-symbol" ? Object.keys(decision.target.columns) : [];
  const streams = new Map<number, Reached>();
  const seen = new Set<string>();
  const queue = decisionColumns(decision).map((ref) => ({ at: ref.node, carries: traded.length === 0 }));
  for (const { at, carries } of queue) {
    const key = `${at} ${carries}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const node = graph.nodes[at] as GraphNode;
    if (node.kind === "stream") {
      const before = streams.get(at);
      streams.set(at, { node, carries: carries || before?.carries === true });
    }
    for (const { read } of node.inputs)
      for (const from of nodesOf(read)) {
        const source = graph.nodes[from] as GraphNode;
        const picked = node.kind === "pick" && traded.includes(node.symbol);
        queue.push({
          at: from,
          carries: source.scope === "symbol" && (picked || (carries && node.scope === "symbol")),
        });
      }
  }
  return [...streams.values()];
}

function nodesOf(read: InputRef): readonly number[] {
  if (read.kind === "constant") return [];
  return [read.kind === "column" || read.kind === "window" ? read.ref.node : read.node];
}

/** The columns that a decision reads, in the order in which it names them, without duplicates. */
function decisionColumns(decision: DecisionSpec): readonly ColumnRef[] {
  const all: ColumnRef[] = [];
  if (decision.kind !== "orders")
    all.push(...(decision.target.kind === "panel" ? [decision.target.ref] : Object.values(decision.target.columns)));
  else for (const side of [decision.long, decision.short]) if (side !== undefined) all.push(...tradeColumns(side));
  const unique = new Map<string, ColumnRef>();
  for (const ref of all) unique.set(`${ref.node}.${ref.column}`, ref);
  return [...unique.values()];
}
