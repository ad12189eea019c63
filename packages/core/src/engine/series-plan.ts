import type { Calendar } from "../data/calendar/calendar.ts";
import type { Panel } from "../data/panel.ts";
import { QmtlError } from "../schema/error.ts";
import type { GraphNode, StrategyGraph, StreamNode } from "../strategy/graph.ts";
import { type Rows, reachBack, type Timeline } from "./timeline.ts";

/** One series of a node: whose it is, its rows, and where each row's inputs stand. */
export interface SeriesPlan {
  /** Empty for a market-wide series. */
  readonly symbol: string;
  readonly timeline: Timeline;
  /** The first row whose output is valid. */
  readonly firstValid: number;
  /** The first row whose inputs are all valid: where the node's own arithmetic begins. */
  readonly firstInput: number;
  /** Per input of the node, in order; `undefined` for constants. */
  readonly sources: readonly (SourcePlan | undefined)[];
  /** Of a series on a longer clock: the first source row of each row. */
  readonly starts?: Int32Array;
}

export interface SourcePlan {
  readonly series: SeriesPlan;
  /** Row of the source for each row of this series, -1 for none; `undefined` where the rows are the same. */
  readonly map: Int32Array | undefined;
  /** How many rows before the first new one of the source are still read. */
  readonly back: number;
}

export interface NodePlan {
  readonly node: GraphNode;
  readonly calendar: Calendar;
  /** In the universe's order. */
  readonly series: readonly SeriesPlan[];
  /** Of an aggregate: the symbols' series, whose sources its one row folds. */
  readonly folded?: readonly SeriesPlan[];
}

export interface Planner {
  readonly graph: Pick<StrategyGraph, "nodes">;
  readonly panels: ReadonlyMap<number, Panel>;
  /** Nodes planned so far. */
  readonly plans: readonly NodePlan[];
  /** Equal rows are one timeline, whoever brought them: symbols of one calendar then join without a map. */
  readonly timelineOf: (rows: Rows) => Timeline;
}

export function panelOf({ panels }: Planner, node: StreamNode): Panel {
  const panel = panels.get(node.index);
  if (panel !== undefined) return panel;
  throw new QmtlError({
    code: "engine.no-panel",
    message: `There is no data for the stream of ${node.schema.id} at ${node.interval}`,
    next: "Bind every stream of the graph to a panel.",
  });
}

export function streamSeries(planner: Planner, node: StreamNode): SeriesPlan[] {
  return panelOf(planner, node).series.map(({ symbol, stamps }) => ({
    symbol,
    timeline: planner.timelineOf({ stamps, due: stamps }),
    firstValid: 0,
    firstInput: 0,
    sources: [],
  }));
}

/** The series of a node for a symbol: its own, or the market's. */
export function seriesFor({ series, node }: NodePlan, symbol: string): SeriesPlan | undefined {
  return node.scope === "market" ? series[0] : series.find((one) => one.symbol === symbol);
}

/** A source that is read `depth` rows back from where `map` says; its timeline keeps that many. */
export function readBack(series: SeriesPlan, reader: Rows, map: Int32Array | undefined, depth: number): SourcePlan {
  const back = depth + reachBack(series.timeline, reader, map);
  series.timeline.history = Math.max(series.timeline.history, back);
  return { series, map, back };
}

/** The first row whose source row is `needed` or later. */
export function firstRowReaching(map: Int32Array | undefined, needed: number, rows: number): number {
  if (map === undefined) return Math.min(needed, rows);
  let low = 0;
  let high = rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (map[middle]! >= needed) high = middle;
    else low = middle + 1;
  }
  return low;
}
