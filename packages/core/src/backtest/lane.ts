import type { ColumnSeries, KeptColumn } from "../engine/execution.ts";
import { QmtlError } from "../schema/error.ts";
import type { ColumnRef } from "../strategy/graph.ts";

/** One decision column of one symbol, read row by row. */
export interface Lane {
  readonly series: ColumnSeries;
  /** The next row to read. */
  row: number;
  /** The row that stands at the bar under decision, -1 for none. */
  fresh: number;
}

/**
 * The lanes of a column, by symbol.
 *
 * @param only the symbol that a market-wide column stands for
 */
export function openLanes(
  columns: (ref: ColumnRef) => KeptColumn,
  ref: ColumnRef,
  only?: string,
): ReadonlyMap<string, Lane> {
  const lanes = new Map<string, Lane>();
  for (const series of columns(ref).series) lanes.set(only ?? series.symbol, { series, row: 0, fresh: -1 });
  return lanes;
}

/**
 * Rows of the lane up to and including `row` are computed afterwards.
 *
 * @throws `backtest.behind` when the execution was not advanced that far
 */
export function requireComputed(lane: Lane, row: number): void {
  if (row < lane.series.computed) return;
  throw new QmtlError({
    code: "backtest.behind",
    message: `A decision column${lane.series.symbol === "" ? "" : ` of ${lane.series.symbol}`} is not computed at the bar to be traded`,
    place: { bar: stampOf(lane, row), ...(lane.series.symbol !== "" && { symbol: lane.series.symbol }) },
    class: "failed",
    next: "Advance the execution at least as far as the backtest.",
  });
}

/** Leaves out the rows before `stamp`: those of a time when the symbol had no bar yet. */
export function skipBefore(lane: Lane, stamp: number): void {
  while (stampOf(lane, lane.row) < stamp) lane.row++;
}

/** Infinite after the last row. */
export function stampOf({ series: { stamps, origin } }: Lane, row: number): number {
  return stamps[row - origin] ?? Number.POSITIVE_INFINITY;
}
