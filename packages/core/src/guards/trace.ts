import { createExecution } from "../engine/create-execution.ts";
import type { KeptColumn } from "../engine/execution.ts";
import type { StrategyGraph } from "../strategy/graph.ts";
import type { Panels } from "./slice.ts";

/** Every column of every node over a stretch of history. */
export interface Trace {
  readonly graph: StrategyGraph;
  readonly panels: Panels;
  /** By node and column name. */
  readonly columns: readonly Readonly<Record<string, KeptColumn>>[];
  /** Rows computed, over all nodes. */
  readonly rows: number;
}

export interface TraceOptions {
  /** All bars at once, so that what leaks from bar to bar within a call leaks as far as it can. Default: the engine's own chunks. */
  readonly chunk?: number;
  readonly progress?: Int32Array;
}

/** @throws what {@link createExecution} and its `advance` throw */
export function traceGraph(graph: StrategyGraph, panels: Panels, options: TraceOptions = {}): Trace {
  const keep = graph.nodes.flatMap((node) => Object.keys(node.output).map((column) => ({ node: node.index, column })));
  const execution = createExecution({ graph, panels, keep, ...options });
  execution.advance(Number.POSITIVE_INFINITY);
  return {
    graph,
    panels,
    columns: graph.nodes.map((node) =>
      Object.fromEntries(
        Object.keys(node.output).map((column) => [column, execution.kept({ node: node.index, column })]),
      ),
    ),
    rows: execution.counters().rows,
  };
}
