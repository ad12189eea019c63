import type { Calendar } from "../data/calendar/calendar.ts";
import type { Panel } from "../data/panel.ts";
import { QmtlError } from "../schema/error.ts";
import type { GraphNode, StrategyGraph, StreamNode } from "../strategy/graph.ts";
import type { OpenBar } from "./coarse-bars.ts";
import type { Tail } from "./tail.ts";
import { type Rows, reachBack, type Timeline } from "./timeline.ts";

/** One series of a node: whose it is, its rows, and where each row's inputs stand. */
export interface SeriesPlan {
  /** Empty for a market-wide series. */
  readonly symbol: string;
  readonly timeline: Timeline;
  /** The first row whose output is valid; the number of rows while there is none. */
  firstValid: number;
  /** The first row whose inputs are all valid: where the node's own arithmetic begins. The number of rows while there is none. */
  firstInput: number;
  /** Per input of the node, in order; `undefined` for constants. */
  readonly sources: readonly (SourcePlan | undefined)[];
  /** Of a series on a longer clock: the first source row of each row, and of the bar that is not complete. */
  readonly starts?: Tail<Int32Array>;
  readonly open?: OpenBar;
}

export interface SourcePlan {
  readonly series: SeriesPlan;
  /** Row of the source for each row of this series, below 0 for none; `undefined` where the rows are the same. */
  readonly map: Tail<Int32Array> | undefined;
  /** Rows before the mapped one that are read as well. */
  readonly depth: number;
  /** Above 0 where rows that earlier slices brought are still read. */
  readonly back: number;
  /** The source row that the next row to be laid out reads at the earliest. Absent: none is read again. */
  readonly frontier?: () => number;
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
  /** Series of streams, by node, planned or asked for. */
  readonly streams: Map<number, SeriesPlan[]>;
  /**
   * Equal rows are one timeline, whoever brought them: symbols of one calendar then join without a map. Where rows will be added they
   * could part, so each has its own.
   */
  readonly timelineOf: (rows: Rows) => Timeline;
  /** Rows will be added. */
  readonly growing: boolean;
  /** What lays out the rows that follow from added ones: called in the order of the nodes. */
  readonly grow: (step: () => void) => void;
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
  const known = planner.streams.get(node.index);
  if (known !== undefined) return known;
  const series = panelOf(planner, node).series.map(({ symbol, stamps }): SeriesPlan => {
    const timeline = planner.timelineOf({ stamps, due: stamps });
    return { symbol, timeline, firstValid: 0, firstInput: 0, sources: [] };
  });
  planner.streams.set(node.index, series);
  return series;
}

/** The series of a node for a symbol: its own, or the market's. @param near where its own nearly always stands */
export function seriesFor({ series, node }: NodePlan, symbol: string, near = 0): SeriesPlan | undefined {
  if (node.scope === "market") return series[0];
  const one = series[near];
  return one?.symbol === symbol ? one : series.find((other) => other.symbol === symbol);
}

/** A source that is read `depth` rows back from where `map` says. */
export function readBack(
  planner: Planner,
  series: SeriesPlan,
  reader: Rows,
  { map, depth, frontier }: { map: Tail<Int32Array> | undefined; depth: number; frontier?: () => number },
): SourcePlan {
  // How far the rows to come will reach back is not known: at least over one that an earlier slice brought.
  const reach = planner.growing ? (map === undefined ? 0 : 1) : reachBack(series.timeline, reader, map?.cells);
  const back = depth + reach;
  series.timeline.history = Math.max(series.timeline.history, back);
  return { series, map, depth, back, ...(frontier !== undefined && { frontier }) };
}

/** Keeps the rows of a source for as long as `plan` reads them; those of the same rows keep `history`. */
export function watchSource(plan: SeriesPlan, { series, map, depth, frontier }: SourcePlan): void {
  if (map === undefined) return;
  const { timeline } = plan;
  series.timeline.readers.push(() => {
    const row = Math.max(timeline.cursor, plan.firstInput);
    if (row >= timeline.rows) return (frontier?.() ?? series.timeline.rows) - depth;
    const at = map.cells[row - map.origin]!;
    return (at < 0 ? ~at : at) - depth;
  });
  if (frontier !== undefined) series.timeline.planners.push(frontier);
}

/** The first row from `from` on whose source row is `needed` or later. */
export function firstRowReaching(
  map: Tail<Int32Array> | undefined,
  needed: number,
  rows: number,
  from: number,
): number {
  if (map === undefined) return Math.min(Math.max(needed, from), rows);
  const { cells, origin } = map;
  let low = from;
  let high = rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cells[middle - origin]! >= needed) high = middle;
    else low = middle + 1;
  }
  return low;
}
