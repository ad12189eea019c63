import { intervalLength, isInterval } from "@qmtl/core/static";
import { isUnknown, type Known, type StaticGraph, type StaticNode, type WarmUp } from "../facts/index.ts";

/** What has to be read before a node settles: rows of the node's own clock. */
export interface WarmUpPath extends WarmUp {
  /** The nodes that decide `settle`, sources first, with what each of them adds in rows of its own clock. */
  readonly path: readonly { readonly node: StaticNode; readonly settle: number }[];
}

/** The warm-up of every node of a graph, in the order of `graph.nodes`. Unknown where any part of the way is. */
export function warmUpsOf(graph: StaticGraph): readonly Known<WarmUpPath>[] {
  const known: Known<WarmUpPath>[] = [];
  for (const node of graph.nodes) known.push(warmUpOf(node));
  return known;

  function warmUpOf(node: StaticNode): Known<WarmUpPath> {
    const { inputs, warmUp: own } = node;
    if (isUnknown(own)) return own;
    if (isUnknown(inputs)) return inputs;
    let firstValid = 0;
    let settle = 0;
    let path: WarmUpPath["path"] = [];
    for (const { read } of inputs) {
      if (isUnknown(read)) return read;
      if (read.kind === "constant") continue;
      const before = known[read.node] as Known<WarmUpPath>;
      if (isUnknown(before)) return before;
      const rate = rowsPerRow(graph.nodes[read.node] as StaticNode, node);
      if (typeof rate !== "number") return rate;
      firstValid = Math.max(firstValid, Math.ceil(before.firstValid * rate));
      const rows = Math.ceil(before.settle * rate);
      if (path.length > 0 && rows <= settle) continue;
      settle = rows;
      path = before.path;
    }
    return {
      firstValid: firstValid + own.firstValid,
      settle: settle + own.settle,
      path: [...path, { node, settle: own.settle }],
    };
  }
}

/** How many rows of `to` one row of `from` takes. */
function rowsPerRow(from: StaticNode, to: StaticNode): Known<number> {
  if (isUnknown(from.interval)) return from.interval;
  if (isUnknown(to.interval)) return to.interval;
  if (from.interval === to.interval || !isInterval(from.interval) || !isInterval(to.interval)) return 1;
  return intervalLength(from.interval) / intervalLength(to.interval);
}
