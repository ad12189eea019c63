import { nodeRead } from "./columns.ts";
import type { NodePlan, SeriesPlan } from "./series-plan.ts";

/** A node for one of its series, or (`series` undefined) a node across its symbols at once. */
export interface Task {
  readonly plan: NodePlan;
  readonly series: SeriesPlan | undefined;
}

/**
 * The order of work in a slice. Inputs come before consumers, and a symbol is taken through all of its nodes before the next one
 * begins, so that what only one symbol's nodes read can pass through the same few arrays. Where symbols meet (a comparison, an
 * aggregate, a pick), all of them have to have come that far: these borders cut the nodes into stages.
 */
export function scheduleTasks(plans: readonly NodePlan[], needed: ReadonlySet<number>): readonly Task[] {
  const stages = new Map<number, number>();
  for (const { node } of plans) {
    let stage = 0;
    for (const { read } of node.inputs) {
      if (read.kind === "constant") continue;
      stage = Math.max(stage, stages.get(nodeRead(read))!);
    }
    stages.set(node.index, stage + (meets(node.kind) ? 1 : 0));
  }
  const order = new Map<string, number>();
  for (const { series } of plans)
    for (const { symbol } of series) if (!order.has(symbol)) order.set(symbol, order.size);
  const tasks: (Task & Place)[] = [];
  for (const plan of plans) {
    const { index, kind, scope } = plan.node;
    if (!needed.has(index) || kind === "stream" || kind === "pick" || kind === "cast" || kind === "label") continue;
    const stage = stages.get(index)!;
    if (isAcross(kind)) tasks.push({ plan, series: undefined, place: [stage, 0, 0, index] });
    else
      for (const series of plan.series)
        tasks.push({ plan, series, place: [stage, scope === "market" ? 1 : 2, order.get(series.symbol)!, index] });
  }
  return tasks.sort(byPlace);
}

/** Stage; nodes across symbols, market-wide, per symbol; the symbol; the node. */
interface Place {
  readonly place: readonly [number, 0 | 1 | 2, number, number];
}

function byPlace({ place: a }: Place, { place: b }: Place): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}

function meets(kind: string): boolean {
  return isAcross(kind) || kind === "pick";
}

function isAcross(kind: string): boolean {
  return kind === "cross-section" || kind === "cross-kernel" || kind === "aggregate";
}
