import { cutSeries } from "../../data/cut.ts";
import { littleEndianBytes } from "../../data/fingerprint.ts";
import type { AddedRows, Series } from "../../data/panel.ts";
import { upperBound } from "../../data/sorted.ts";
import { uniteStamps } from "../../engine/timeline.ts";
import { digest, digestBytes } from "../../schema/canonical.ts";
import type { PlainPanel } from "../executor.ts";

export type PlainPanels = ReadonlyMap<number, PlainPanel>;

/** The bars that had ended at `to`. */
export function historyUntil(panels: PlainPanels, to: number): PlainPanels {
  return new Map(
    [...panels].map(([node, panel]) => [
      node,
      { ...panel, series: panel.series.map((series) => cutSeries(series, to)) },
    ]),
  );
}

/** The bars that end after `after`, up to `to`. */
export function rowsBetween(panels: PlainPanels, after: number, to: number): ReadonlyMap<number, AddedRows> {
  return new Map(
    [...panels].map(([node, { series }]) => [node, { series: series.map((one) => between(one, after, to)) }]),
  );
}

function between(series: Series, after: number, to: number): AddedRows["series"][number] {
  const { symbol, stamps, columns } = series;
  const [from, end] = [upperBound(stamps, after), upperBound(stamps, to)];
  const known = cutSeries(series, after).actions?.length ?? 0;
  const actions = cutSeries(series, to).actions?.slice(known) ?? [];
  return {
    symbol,
    stamps: stamps.slice(from, end),
    columns: Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, cells.slice(from, end)])),
    ...(actions.length > 0 && { actions }),
  };
}

/** Symbols whose last bar ends after `after`, up to `to`. */
export function endedBetween(panels: PlainPanels, after: number, to: number): readonly string[] {
  const last = new Map<string, number>();
  for (const { series } of panels.values())
    for (const { symbol, stamps } of series)
      last.set(
        symbol,
        Math.max(last.get(symbol) ?? Number.NEGATIVE_INFINITY, stamps.at(-1) ?? Number.NEGATIVE_INFINITY),
      );
  return [...last].flatMap(([symbol, end]) => (end > after && end <= to ? [symbol] : []));
}

/** Every stamp that some symbol of some stream has a bar at, ascending. */
export function clockOf(panels: PlainPanels): Float64Array {
  return uniteStamps([...panels.values()].flatMap(({ series }) => series.map(({ stamps }) => stamps)));
}

/** Identifies rows by their cells: nodes, symbols and columns in their order. @returns 64 hexadecimal digits */
export function rowsDigest(rows: ReadonlyMap<number, AddedRows>): string {
  return digest(
    "account-rows/1",
    [...rows].map(([node, { series }]) => [
      node,
      series
        .filter(({ stamps }) => stamps.length > 0)
        .map(({ symbol, stamps, columns, actions = [] }) => ({
          symbol,
          stamps: digestBytes(littleEndianBytes(stamps)),
          columns: Object.fromEntries(
            Object.entries(columns).map(([name, cells]) => [name, digestBytes(littleEndianBytes(cells))]),
          ),
          actions: actions.map((action) => ({ ...action })),
        })),
    ]),
  );
}
