import type { Panel } from "../data/panel.ts";
import { allocateColumn } from "../schema/cell.ts";
import type { ColumnRef, GraphNode, InputRef } from "../strategy/graph.ts";
import {
  type ColumnBuffer,
  createArrayPool,
  historyColumn,
  type Lent,
  passingColumn,
  renamedColumn,
  wholeColumn,
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
  const nodes = new Map(plans.flatMap(({ node, series }) => series.map((one) => [one, node] as const)));
  const columns = new Map<SeriesPlan, Map<string, ColumnBuffer>>(
    plans.flatMap(({ series }) => series.map((one) => [one, new Map()] as const)),
  );
  const reads = new Map(tasks.map((task) => [task, readsOf(task, nodes)]));
  const last = new Map<string, Task>();
  const remembered = new Set<string>();
  const ids = new Map([...nodes.keys()].map((series, id) => [series, id]));
  const keyOf = ({ series, column }: Owned): string => `${ids.get(series)} ${column}`;
  for (const [task, owned] of reads)
    for (const one of owned) {
      last.set(keyOf(one), task);
      if (one.back > 0) remembered.add(keyOf(one));
    }
  const keysOf = (refs: readonly ColumnRef[]): readonly string[] =>
    refs.flatMap(({ node, column }) =>
      (plans[node]?.series ?? []).map((series) => keyOf(ownerOf(series, column, nodes))),
    );
  const kept = new Set(keysOf(keep));
  for (const key of keysOf(follow)) remembered.add(key);
  const put = (series: SeriesPlan, column: string, buffer: ColumnBuffer) => columns.get(series)!.set(column, buffer);
  const givenOf = new Map<SeriesPlan, Record<string, Tail>>();
  const joined = [
    ...new Set(plans.flatMap(({ series, folded = series }) => folded.flatMap(({ sources }) => sources))),
  ].flatMap((source) => source?.map ?? []);
  const wholes: { readonly timeline: Timeline; readonly tail: Tail }[] = [];

  for (const { node, series } of plans)
    for (const [s, one] of series.entries())
      for (const [column, cell] of Object.entries(node.output)) {
        const key = keyOf({ series: one, column });
        const given =
          node.kind === "stream"
            ? panels.get(node.index)!.series[s]!.columns[column]!
            : known.get(node.index)?.[column]?.[s];
        if (given !== undefined) {
          const tail = tailOf(given);
          put(one, column, wholeColumn(cell, one.timeline, tail));
          givenOf.set(one, { ...givenOf.get(one), [column]: tail });
        } else if (aliasOf(node, column) !== undefined) continue;
        else if (kept.has(key)) {
          const { timeline } = one;
          const tail = tailOf(allocateColumn(cell, timeline.rows, one.firstValid));
          put(one, column, wholeColumn(cell, timeline, tail));
          wholes.push({ timeline, tail });
          // Who reads it along with its stamps may be far behind.
          timeline.planners.push(() => 0);
        } else if (remembered.has(key)) put(one, column, historyColumn(cell, one.timeline));
      }

  const pool = createArrayPool(Math.max(1, ...timelines.map(({ capacity }) => capacity)));
  const scratches = new Map<Task, Lent[]>();
  const spent = new Map<Task, Lent[]>();
  for (const task of tasks) {
    const { node } = task.plan;
    for (const one of task.series === undefined ? task.plan.series : [task.series])
      for (const [column, cell] of Object.entries(node.output)) {
        if (columns.get(one)!.has(column)) continue;
        const lent = pool.take(cell);
        put(one, column, passingColumn(cell, one.timeline, lent));
        const reader = last.get(keyOf({ series: one, column })) ?? task;
        spent.set(reader, [...(spent.get(reader) ?? []), lent]);
      }
    const scratch =
      node.kind === "kernel"
        ? reads
            .get(task)!
            .flatMap(({ series, column, mapped }) =>
              mapped ? [pool.take(columns.get(series)!.get(column)!.cell)] : [],
            )
        : [];
    scratches.set(task, scratch);
    for (const lent of [...scratch, ...(spent.get(task) ?? [])]) pool.give(lent);
  }

  return {
    of(series, column) {
      const found = columns.get(series)!.get(column);
      if (found !== undefined) return found;
      const owner = ownerOf(series, column, nodes);
      const buffer = renamedColumn(columns.get(owner.series)!.get(owner.column)!, nodes.get(series)!.output[column]!);
      put(series, column, buffer);
      return buffer;
    },
    scratch: (task) => scratches.get(task)!,
    grid: (series, column) => gridOf(series, column, nodes, panels),
    given: (series) => givenOf.get(series) ?? {},
    extend() {
      for (const { timeline, tail } of wholes) extendTail(tail, timeline.rows - endOf(tail));
    },
    held: () =>
      wholes.reduce((sum, { tail }) => sum + tail.store.length, 0) +
      joined.reduce((sum, { store }) => sum + store.length, 0),
  };
}

interface Owned {
  readonly series: SeriesPlan;
  readonly column: string;
}

interface Read extends Owned {
  readonly back: number;
  readonly mapped: boolean;
}

type Nodes = ReadonlyMap<SeriesPlan, GraphNode>;

function readsOf(task: Task, nodes: Nodes): readonly Read[] {
  return seriesOf(task).flatMap(({ sources }) =>
    task.plan.node.inputs.flatMap(({ read }, k) => {
      const source = sources[k];
      if (source === undefined) return [];
      return columnsRead(read).map((column) => ({
        ...ownerOf(source.series, column, nodes),
        back: source.back,
        mapped: source.map !== undefined,
      }));
    }),
  );
}

/** The column whose cells a column shows: a cast and a pick only rename. */
function ownerOf(series: SeriesPlan, column: string, nodes: Nodes): Owned {
  const renamed = aliasOf(nodes.get(series)!, column);
  return renamed === undefined ? { series, column } : ownerOf(series.sources[0]!.series, renamed, nodes);
}

/** A declaration goes where values go as they are: through other names and clocks, and folds that choose one of them. */
function gridOf(series: SeriesPlan, column: string, nodes: Nodes, panels: ReadonlyMap<number, Panel>): number {
  const node = nodes.get(series)!;
  if (node.kind === "stream") {
    const cell = node.output[column]!;
    if (cell.dtype !== "f64" || cell.unit !== "price") return 0;
    return panels.get(node.index)!.series.find(({ symbol }) => symbol === series.symbol)?.tick ?? 0;
  }
  const source = series.sources[0]?.series;
  if (source === undefined) return 0;
  const alias = aliasOf(node, column);
  if (alias !== undefined) return gridOf(source, alias, nodes, panels);
  if (node.kind !== "resample" && node.kind !== "align") return 0;
  const fold = node.kind === "resample" && node.direction === "longer" ? (node.fold[column] ?? "last") : "last";
  if (fold === "sum" || fold === "mean") return 0;
  const read = columnsRead(node.inputs[0]!.read)[Object.keys(node.output).indexOf(column)];
  return read === undefined ? 0 : gridOf(source, read, nodes, panels);
}

function aliasOf(node: GraphNode, column: string): string | undefined {
  if (node.kind === "pick") return column;
  const read = node.kind === "cast" ? node.inputs[0]!.read : undefined;
  return read?.kind === "column" ? read.ref.column : undefined;
}
