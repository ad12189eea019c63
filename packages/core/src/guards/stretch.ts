import { intervalLength } from "../schema/interval.ts";
import type { GraphNode, StrategyGraph } from "../strategy/graph.ts";

/** Of the run's own bars, what one computation of a stretch covers: there are ten of them, so about half of the graph's work in all. */
const SHARE = 20;
/** Rows, over all nodes, below which a stretch costs nothing worth saving. */
const LEAST_ROWS = 10_000;
/** Cells that a stretch may hold at once. */
const MOST_CELLS = 4_000_000;

export interface RunSize {
  /** Bars of the clock. */
  readonly bars: number;
  /** Rows computed, over all nodes. */
  readonly rows: number;
  /** Bars before the first decision. */
  readonly warm: number;
}

/** Bars of the clock that are computed before a cut: as many as the cost allows, and enough to be warm. */
export function stretchBars({ nodes }: StrategyGraph, { bars, rows, warm }: RunSize): number {
  const perBar = Math.max(1, rows / Math.max(1, bars));
  const columns = nodes.reduce((sum, { output }) => sum + Object.keys(output).length, 0) / nodes.length;
  const most = Math.floor(MOST_CELLS / (perBar * Math.max(1, columns)));
  const wanted = Math.max(Math.ceil(bars / SHARE), Math.ceil(LEAST_ROWS / perBar));
  return Math.max(3 * warm + 64, Math.min(most, wanted));
}

/** How many bars of the shortest interval the graph remembers at most, of the nodes that forget at all. */
export function memoryBars({ nodes }: StrategyGraph): number {
  const lengths = nodes.map(({ interval }) => intervalLength(interval));
  const memory: number[] = [];
  for (const [k, node] of nodes.entries()) {
    let before = 0;
    for (const { read } of node.inputs) {
      if (read.kind === "constant") continue;
      const depth = read.kind === "window" || read.kind === "window-panel" ? read.bars - 1 : 0;
      before = Math.max(before, memory["ref" in read ? read.ref.node : read.node]! + depth * lengths[k]!);
    }
    memory.push(before + ownMemory(node) * lengths[k]!);
  }
  return Math.ceil(Math.max(0, ...memory) / Math.min(...lengths));
}

function ownMemory(node: GraphNode): number {
  if (node.kind !== "kernel") return 1;
  const settle = node.kernel.settle(node.params);
  return Number.isFinite(settle) ? settle : 0;
}
