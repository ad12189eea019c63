import type { ColumnRef, DecisionSpec, GraphNode, InputRef, StrategyGraph, TradeSpec } from "../strategy/graph.ts";

/** A graph and the NodeIDs of its nodes, by index. */
export interface IdentifiedGraph {
  readonly graph: Pick<StrategyGraph, "nodes">;
  readonly ids: readonly string[];
}

/** Several graphs as one, in which equal computations stand once. */
export interface JoinedGraph {
  readonly graph: Pick<StrategyGraph, "nodes">;
  readonly ids: readonly string[];
  /** Per graph that was joined, in order: the place of each of its nodes in `graph`. */
  readonly places: readonly Int32Array[];
}

/**
 * Nodes with equal NodeIDs are equal computations: each stands once, as the first graph has it, inputs before consumers. All graphs must
 * read the same streams, for a `resample` to a shorter clock takes it from every stream of its graph.
 *
 * @example
 * const { graph, places } = joinGraphs(sealed);
 * graph.nodes.length; // fewer than all of theirs, where they share nodes
 */
export function joinGraphs(parts: readonly IdentifiedGraph[]): JoinedGraph {
  const nodes: GraphNode[] = [];
  const ids: string[] = [];
  const known = new Map<string, number>();
  const places: Int32Array[] = [];
  for (const { graph, ids: own } of parts) {
    const place = new Int32Array(graph.nodes.length);
    for (const node of graph.nodes) {
      const id = own[node.index]!;
      let at = known.get(id);
      if (at === undefined) {
        at = nodes.length;
        known.set(id, at);
        ids.push(id);
        nodes.push({ ...node, index: at, inputs: movedInputs(node, place) });
      }
      place[node.index] = at;
    }
    places.push(place);
  }
  return { graph: { nodes }, ids, places };
}

function movedInputs({ inputs }: GraphNode, place: Int32Array): GraphNode["inputs"] {
  const moved: GraphNode["inputs"][number][] = [];
  for (const { name, read } of inputs) moved.push({ name, read: movedRead(read, place) });
  return moved;
}

/** Equal for graphs that may be joined: the ids of the streams that a graph reads. */
export function streamsKey({ graph, ids }: IdentifiedGraph): string {
  const streams: string[] = [];
  for (const { kind, index } of graph.nodes) if (kind === "stream") streams.push(ids[index]!);
  return streams.sort().join(" ");
}

/** A decision over the columns of the joined graph. */
export function movedDecision(decision: DecisionSpec, place: Int32Array): DecisionSpec {
  const moved = (ref: ColumnRef): ColumnRef => movedRef(ref, place);
  if (decision.kind === "orders")
    return { ...decision, long: movedTrade(decision.long, moved), short: movedTrade(decision.short, moved) };
  const { target } = decision;
  if (target.kind === "panel") return { ...decision, target: { kind: "panel", ref: moved(target.ref) } };
  const columns = Object.fromEntries(Object.entries(target.columns).map(([symbol, ref]) => [symbol, moved(ref)]));
  return { ...decision, target: { kind: "per-symbol", columns } };
}

function movedTrade(trade: TradeSpec | undefined, moved: (ref: ColumnRef) => ColumnRef): TradeSpec | undefined {
  if (trade === undefined) return undefined;
  const { enter, exit, size, stop, takeProfit } = trade;
  return {
    ...trade,
    enter: moved(enter),
    exit: exit && moved(exit),
    size: size.kind === "column" ? { ...size, ref: moved(size.ref) } : size,
    stop: stop && moved(stop),
    takeProfit: takeProfit && moved(takeProfit),
  };
}

function movedRef({ node, column }: ColumnRef, place: Int32Array): ColumnRef {
  return { node: place[node]!, column };
}

function movedRead(read: InputRef, place: Int32Array): InputRef {
  switch (read.kind) {
    case "constant":
      return read;
    case "column":
    case "window":
      return { ...read, ref: movedRef(read.ref, place) };
    case "panel":
    case "window-panel":
      return { ...read, node: place[read.node]! };
  }
}
