import { planNodes } from "../engine/plan.ts";
import { type NodePlan, type SeriesPlan, type SourcePlan, seriesFor } from "../engine/series-plan.ts";
import { countUntil } from "../engine/timeline.ts";
import type { GraphNode, InputRef, StrategyGraph } from "../strategy/graph.ts";
import { refsOf } from "./difference.ts";
import type { Panels } from "./slice.ts";

/** From where on a node has forgotten that the head of its history was dropped. */
export interface Settling {
  /** By symbol (empty for a market-wide node): the stamp from which its rows can be compared; `Infinity` for none. */
  readonly from: ReadonlyMap<string, number>;
  /** How its values then agree with those of the whole history. `path`: they depend on every bar since the first. */
  readonly memory: "finite" | "infinite" | "path";
}

/**
 * How long each node remembers the start of its history: a kernel as it declares (`settle`), windows their bars, the author's state for
 * ever. What reads a node waits for it to settle.
 *
 * @param panels the shortened history
 * @param shortened whether a symbol of a stream lost bars at its head
 */
export function settling(
  graph: StrategyGraph,
  panels: Panels,
  shortened: (stream: number, symbol: string) => boolean,
): readonly Settling[] {
  const plans = planNodes(graph, panels);
  const rows = new Map<SeriesPlan, number>();
  return plans.map((plan): Settling => {
    const { node, series, folded } = plan;
    const read = folded ?? series;
    for (const one of read)
      rows.set(
        one,
        node.kind === "stream" ? (shortened(node.index, one.symbol) ? 1 : 0) : settledRow(plan, one, rows, plans),
      );
    if (folded !== undefined || node.kind === "cross-section" || node.kind === "cross-kernel") meetSettled(plan, rows);
    return {
      memory: memoryOf(node),
      from: new Map(series.map((one) => [one.symbol, stampOf(one, rows.get(one) ?? 0)])),
    };
  });
}

/** 0 where nothing that it reads was shortened. */
function settledRow(
  { node }: NodePlan,
  one: SeriesPlan,
  settled: ReadonlyMap<SeriesPlan, number>,
  plans: readonly NodePlan[],
): number {
  const last = one.timeline.stamps.length;
  let row = 0;
  for (const [k, source] of one.sources.entries()) {
    if (source === undefined) continue;
    const from = settled.get(source.series) ?? 0;
    if (from === 0) continue;
    row = Math.max(row, rowReading(one, source, from, depthOf(node.inputs[k]!.read)));
  }
  if (node.kind === "align") {
    // It counts the bars of its clock since the first that could read a value.
    const [clock] = refsOf(node.inputs[1]!.read);
    const bars = clock && seriesFor(plans[clock.node]!, one.symbol);
    if (row > 0 || (bars !== undefined && (settled.get(bars) ?? 0) > 0)) row += node.maxAge + 1;
  }
  if (row === 0) return 0;
  row = Math.max(row, one.firstInput);
  if (node.kind === "kernel") row += node.kernel.settle(node.params);
  if (node.kind === "user" && node.state !== undefined) row += node.warmup ?? Number.POSITIVE_INFINITY;
  return Math.min(row, last);
}

/** The first row that reads settled rows alone, `depth` of them. */
function rowReading(one: SeriesPlan, { map }: SourcePlan, from: number, depth: number): number {
  const last = one.timeline.stamps.length;
  const { starts } = one;
  if (starts !== undefined) {
    for (let row = 1; row < last; row++) if (starts.cells[row]! >= from) return row;
    return last;
  }
  const needed = from + depth - 1;
  if (map === undefined) return Math.min(last, needed);
  for (let row = 0; row < last; row++) if (map.cells[row]! >= needed) return row;
  return last;
}

/** Symbols that are compared with each other settle together. */
function meetSettled({ series, folded }: NodePlan, rows: Map<SeriesPlan, number>): void {
  let latest = Number.NEGATIVE_INFINITY;
  for (const one of folded ?? series) latest = Math.max(latest, stampOf(one, rows.get(one) ?? 0));
  if (latest === Number.NEGATIVE_INFINITY) return;
  for (const one of series) {
    const { stamps } = one.timeline;
    const before = countUntil(stamps, latest);
    rows.set(one, before > 0 && stamps[before - 1] === latest ? before - 1 : before);
  }
}

function stampOf({ timeline: { stamps } }: SeriesPlan, row: number): number {
  return row === 0 ? Number.NEGATIVE_INFINITY : (stamps[row] ?? Number.POSITIVE_INFINITY);
}

function memoryOf(node: GraphNode): Settling["memory"] {
  if (node.kind === "user" && node.state !== undefined) return "path";
  if (node.kind !== "kernel") return "finite";
  const settle = node.kernel.settle(node.params);
  if (settle === Number.POSITIVE_INFINITY) return "path";
  return settle === node.kernel.firstValid(node.params) ? "finite" : "infinite";
}

function depthOf(read: InputRef): number {
  return read.kind === "window" || read.kind === "window-panel" ? read.bars : 1;
}
