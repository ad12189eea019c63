import type { AddedRows, Panel } from "../data/panel.ts";
import type { ColumnArray } from "../schema/cell.ts";
import type { Scope } from "../strategy/column.ts";
import type { ColumnRef, StrategyGraph } from "../strategy/graph.ts";

/** The rows of one column for one symbol. */
export interface ColumnSeries {
  /** Empty for a market-wide column. */
  readonly symbol: string;
  /** Bar ends of the rows from `origin` on, computed or not yet, ms UTC. */
  readonly stamps: Float64Array;
  /** The row at index 0 of `stamps`: above 0 only in an execution that grows, which forgets the rows that it has passed. */
  readonly origin: number;
  /** The rows from `base` on: all of a kept column, those of the last slice of a followed one. */
  readonly values: ColumnArray;
  /** The row at index 0 of `values`. */
  readonly base: number;
  /** The first row that is valid: all inputs warm. Equal to the number of rows when none is. Rows before it hold nothing. */
  readonly firstValid: number;
  /** Rows computed so far. */
  readonly computed: number;
}

export interface KeptColumn {
  readonly scope: Scope;
  /** In the universe's order; one entry for a market-wide column. */
  readonly series: readonly ColumnSeries[];
}

/** All cells of a node: by column, then by series in the order of the universe. As long as the series' rows. */
export type KnownNode = Readonly<Record<string, readonly ColumnArray[]>>;

export interface ExecutionOptions {
  readonly graph: Pick<StrategyGraph, "nodes">;
  /** The data of each stream node, by its index. */
  readonly panels: ReadonlyMap<number, Panel>;
  /** Rows will be added with {@link Execution.append}. A symbol that has none yet is in its panel from the start, without rows. */
  readonly growing?: boolean;
  /** Columns to keep whole; all others live one chunk. */
  readonly keep: readonly ColumnRef[];
  /**
   * Columns that are read along the way: each holds the rows of the last slice. Whoever follows advances by at most one chunk of the
   * clock at a time, and reads all of it before going on.
   */
  readonly follow?: readonly ColumnRef[];
  /** Nodes whose cells are there already, by index: they are read and not computed, nor is what only they need. */
  readonly known?: ReadonlyMap<number, KnownNode>;
  /**
   * Cells of the first rows of nodes, by index: they are taken over and not computed, the rows after them are. Only functions of the author that
   * keep no state can be begun; what a kernel has come to does not stand in its cells.
   */
  readonly begun?: ReadonlyMap<number, KnownNode>;
  /** Bars per chunk and series; never observable in the results. Default 4,096. */
  readonly chunk?: number;
  /** `"generated"` loops per user node and chain of kernels, `"shared"` ones, or by size (default). Never observable in the results. */
  readonly userLoop?: "generated" | "shared" | "auto";
  /** Its first element holds the index of the node that computes, -1 between; a watching thread reads it. */
  readonly progress?: Int32Array;
  /** A monotonic clock, ms: with it, the time that each node takes is summed up. Without it nothing is measured. */
  readonly measure?: () => number;
}

export interface ExecutionCounters {
  /** Nodes that computed at least one row. */
  nodes: number;
  /** Rows over all nodes and series. */
  rows: number;
}

/** How much an execution has laid out, and what it holds at present. Neither depends on how rows were split into additions. */
export interface ExecutionExtent {
  /** Rows over all joined clocks. */
  readonly laid: number;
  /** Stamps, rows of joins and cells that memory is kept for. */
  readonly held: number;
}

/**
 * A graph over its data. Advancing in one step or stamp by stamp gives the same bits, and so does adding rows in any parts.
 *
 * What moves on is asked by a call: V8 looks up every property of an object literal with a getter in a table, at each bar.
 */
export interface Execution {
  /** Union of the stamps of all series of all streams, ascending; of one that grows, those from `passed` on and up to what was admitted. */
  clock(): Float64Array;
  /** Stamps of the clock that were forgotten: the place of `clock()[0]`. 0 unless the execution grows. */
  passed(): number;
  /** The next stamp that is not computed, of all rows that are there; infinite when there is none. */
  upcoming(): number;
  /**
   * Takes rows that follow those of the streams' symbols, by the node of the stream. Costs the rows added, whatever came before. A stamp is
   * computed when it is reached, from the rows that are there then: nothing is ever revised.
   *
   * @throws `engine.not-growing`, `engine.unknown-series`, `engine.wrong-rows`; `engine.late-rows` for a stamp that was passed, that is not
   *   after the symbol's last one, or not after the last one that the execution began with. Then none of the rows were taken.
   */
  append(rows: ReadonlyMap<number, AddedRows>): void;
  /** States that all streams are complete up to `to`: the clock goes that far, and no row up to there is taken any more. */
  admit(to: number): void;
  /**
   * Computes every node for all stamps <= `to` that are not computed yet; what was added is admitted as far.
   *
   * @throws of class `rejected`, with node, symbol and bar: `engine.compute-failed` where the author's code throws,
   * `engine.wrong-shape` where it returns another shape, `engine.window-offset`, `engine.cross-index`, `engine.integer-range`;
   * of class `failed`: `engine.kernel-failed`. After a failure every further call throws it again.
   */
  advance(to: number): void;
  /** The same for the first `count` stamps of the clock, forgotten ones included, for callers who count them. */
  reach(count: number): void;
  /**
   * A column that is kept or followed, as it stands: `values`, `base` and `computed` of its series move on with the execution.
   *
   * @throws `engine.not-kept`
   */
  kept(column: ColumnRef): KeptColumn;
  counters(): ExecutionCounters;
  /** Milliseconds that each node has computed for, by its index; empty without a clock. */
  spent(): Float64Array;
  extent(): ExecutionExtent;
}
