import type { Panel } from "../data/panel.ts";
import { allocateColumn, type Cell } from "../schema/cell.ts";
import type { ColumnRef, GraphNode, InputRef } from "../strategy/graph.ts";
import {
  type ColumnBuffer,
  createArrayPool,
  HistoryColumn,
  type Lent,
  PassingColumn,
  RenamedColumn,
  WholeColumn,
} from "./column-buffer.ts";
import type { KnownNode } from "./execution.ts";
import type { Task } from "./schedule.ts";
import type { NodePlan, SeriesPlan } from "./series-plan.ts";
import { endOf, extendTail, type Tail, tailOf } from "./tail.ts";
import type { Timeline } from "./timeline.ts";

/** The cells of every column of every series, with room for them found once, before the first row. */
export interface EngineColumns {
  of(series: SeriesPlan, column: string): ColumnBuffer;
  /** Arrays for copies of the sources that a kernel reads through a map, in their order; they live while the task runs. */
  scratch(task: Task): readonly Lent[];
  /** What the values of a column are declared to be multiples of; 0 for nothing. */
  grid(series: SeriesPlan, column: string): number;
  /** The cells of a stream's series, where rows are added. */
  given(series: SeriesPlan): Readonly<Record<string, Tail>>;
  /** Makes room for the rows that were laid out since. */
  extend(): void;
  /** Cells that are kept whole, and rows of joins. */
  held(): number;
}

export interface ColumnsOptions {
  readonly plans: readonly NodePlan[];
  readonly tasks: readonly Task[];
  readonly panels: ReadonlyMap<number, Panel>;
  readonly keep: readonly ColumnRef[];
  readonly follow: readonly ColumnRef[];
  readonly known: ReadonlyMap<number, KnownNode>;
  readonly timelines: readonly Timeline[];
}

/** The node that an input reads. */
export function nodeRead(read: Exclude<InputRef, { readonly kind: "constant" }>): number {
  return read.kind === "column" || read.kind === "window" ? read.ref.node : read.node;
}

/** The columns that an input reads. */
export function columnsRead(read: InputRef): readonly string[] {
  if (read.kind === "constant") return [];
  return read.kind === "column" || read.kind === "window" ? [read.ref.column] : read.columns;
}

/** The series that a task computes, or reads to fold them. */
export function seriesOf({ plan, series }: Task): readonly SeriesPlan[] {
  return series === undefined ? (plan.folded ?? plan.series) : [series];
}

/**
 * Kept columns are whole. The others hold a slice: for themselves where rows of it are read in later slices too (windows) or from
 * outside, else in an array that other columns use before and after them.
 */
export function createColumns({ plans, tasks, panels, keep, follow, known, timelines }: ColumnsOptions): EngineColumns {
  const places = placesOf(plans);
  const reads = new Map<Task, readonly Read[]>();
  for (const task of tasks) {
    const of = readsOf(task, places);
    reads.set(task, of);
    for (const { place, back } of of) {
      place.last = task;
      if (back > 0) place.remembered = true;
    }
  }
  for (const { node, column } of keep)
    for (const series of plans[node]?.series ?? []) ownerOf(places, series, column).kept = true;
  for (const { node, column } of follow)
    for (const series of plans[node]?.series ?? []) ownerOf(places, series, column).remembered = true;
  const givenOf = new Map<SeriesPlan, Record<string, Tail>>();
  const wholes: { readonly timeline: Timeline; readonly tail: Tail }[] = [];

  for (const { node, series } of plans)
    for (let s = 0; s < series.length; s++) {
      const one = series[s]!;
      const { timeline } = one;
      for (const place of places.get(one)!.values()) {
        const { column, cell } = place;
        const given =
          node.kind === "stream"
            ? panels.get(node.index)!.series[s]!.columns[column]!
            : known.get(node.index)?.[column]?.[s];
        if (given !== undefined) {
          const tail = tailOf(given);
          place.buffer = new WholeColumn(cell, timeline, tail);
          givenOf.set(one, { ...givenOf.get(one), [column]: tail });
        } else if (place.shown !== undefined) continue;
        else if (place.kept) {
          const tail = tailOf(allocateColumn(cell, timeline.rows, one.firstValid));
          place.buffer = new WholeColumn(cell, timeline, tail);
          wholes.push({ timeline, tail });
          // Who reads it along with its stamps may be far behind.
          timeline.planners.push(() => 0);
        } else if (place.remembered) place.buffer = new HistoryColumn(cell, timeline);
      }
    }

  const pool = createArrayPool(Math.max(1, ...timelines.map(({ capacity }) => capacity)));
  const scratches = new Map<Task, readonly Lent[]>();
  const spent = new Map<Task, Lent[]>();
  for (const task of tasks) {
    const { node, series } = task.plan;
    for (const one of task.series === undefined ? series : [task.series])
      for (const place of places.get(one)!.values()) {
        if (place.buffer !== undefined) continue;
        const lent = pool.take(place.cell);
        place.buffer = new PassingColumn(place.cell, one.timeline, lent);
        const reader = place.last ?? task;
        const waiting = spent.get(reader);
        if (waiting === undefined) spent.set(reader, [lent]);
        else waiting.push(lent);
      }
    const scratch: Lent[] = [];
    if (node.kind === "kernel")
      for (const { place, mapped } of reads.get(task)!) if (mapped) scratch.push(pool.take(place.buffer!.cell));
    scratches.set(task, scratch);
    for (const lent of scratch) pool.give(lent);
    for (const lent of spent.get(task) ?? []) pool.give(lent);
  }

  return {
    of(series, column) {
      const place = places.get(series)!.get(column)!;
      place.buffer ??= new RenamedColumn(place.cell, ownerOf(places, series, column).buffer!);
      return place.buffer;
    },
    scratch: (task) => scratches.get(task)!,
    grid: (series, column) => gridOf(places, series, column, panels),
    given: (series) => givenOf.get(series) ?? {},
    extend() {
      for (const { timeline, tail } of wholes) extendTail(tail, timeline.rows - endOf(tail));
    },
    held: () => wholes.reduce((sum, { tail }) => sum + tail.store.length, 0) + joinedRows(plans),
  };
}

/** Rows of all joins. */
function joinedRows(plans: readonly NodePlan[]): number {
  const joins = new Set<Tail>();
  for (const { series, folded = series } of plans)
    for (const { sources } of folded)
      for (const source of sources) if (source?.map !== undefined) joins.add(source.map);
  return [...joins].reduce((sum, { store }) => sum + store.length, 0);
}

/** A column of a series while it is decided where its cells live. */
interface Place {
  readonly node: GraphNode;
  readonly column: string;
  readonly cell: Cell;
  /** The column of the source that it shows under another name: a cast and a pick only rename. */
  readonly shown: string | undefined;
  /** The last task that reads it; absent while none does. */
  last: Task | undefined;
  /** Rows of it are read in later slices, or from outside. */
  remembered: boolean;
  kept: boolean;
  buffer: ColumnBuffer | undefined;
}

type Places = ReadonlyMap<SeriesPlan, ReadonlyMap<string, Place>>;

interface Read {
  readonly place: Place;
  readonly back: number;
  readonly mapped: boolean;
}

function placesOf(plans: readonly NodePlan[]): Places {
  const places = new Map<SeriesPlan, Map<string, Place>>();
  for (const { node, series } of plans)
    for (const one of series) {
      const columns = new Map<string, Place>();
      for (const column of Object.keys(node.output)) columns.set(column, placeOf(node, column));
      places.set(one, columns);
    }
  return places;
}

function placeOf(node: GraphNode, column: string): Place {
  return {
    node,
    column,
    cell: node.output[column]!,
    shown: aliasOf(node, column),
    last: undefined,
    remembered: false,
    kept: false,
    buffer: undefined,
  };
}

function readsOf(task: Task, places: Places): readonly Read[] {
  const reads: Read[] = [];
  const { inputs } = task.plan.node;
  for (const { sources } of seriesOf(task))
    for (let k = 0; k < inputs.length; k++) {
      const source = sources[k];
      if (source === undefined) continue;
      const { series, back, map } = source;
      for (const column of columnsRead(inputs[k]!.read))
        reads.push({ place: ownerOf(places, series, column), back, mapped: map !== undefined });
    }
  return reads;
}

/** The column whose cells a column shows. */
function ownerOf(places: Places, series: SeriesPlan, column: string): Place {
  const place = places.get(series)!.get(column)!;
  return place.shown === undefined ? place : ownerOf(places, series.sources[0]!.series, place.shown);
}

/** A declaration goes where values go as they are: through other names and clocks, and folds that choose one of them. */
function gridOf(places: Places, series: SeriesPlan, column: string, panels: ReadonlyMap<number, Panel>): number {
  const { node, cell, shown } = places.get(series)!.get(column)!;
  if (node.kind === "stream") {
    if (cell.dtype !== "f64" || cell.unit !== "price") return 0;
    return panels.get(node.index)!.series.find(({ symbol }) => symbol === series.symbol)?.tick ?? 0;
  }
  const source = series.sources[0]?.series;
  if (source === undefined) return 0;
  if (shown !== undefined) return gridOf(places, source, shown, panels);
  if (node.kind !== "resample" && node.kind !== "align") return 0;
  const fold = node.kind === "resample" && node.direction === "longer" ? (node.fold[column] ?? "last") : "last";
  if (fold === "sum" || fold === "mean") return 0;
  const read = columnsRead(node.inputs[0]!.read)[Object.keys(node.output).indexOf(column)];
  return read === undefined ? 0 : gridOf(places, source, read, panels);
}

function aliasOf(node: GraphNode, column: string): string | undefined {
  if (node.kind === "pick") return column;
  const read = node.kind === "cast" ? node.inputs[0]!.read : undefined;
  return read?.kind === "column" ? read.ref.column : undefined;
}
