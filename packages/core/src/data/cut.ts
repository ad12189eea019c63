import { QmtlError } from "../schema/error.ts";
import { actionsBefore } from "./corporate-actions.ts";
import { isoText } from "./iso.ts";
import type { Panel, Series } from "./panel.ts";
import type { DataPreset } from "./preset.ts";
import { upperBound } from "./sorted.ts";

/** The bars that had ended at `asOf`. Arrays are views of the panel's own; symbols that had not begun stay, without bars. */
export function cutPanel(panel: Panel, asOf: number): Panel {
  return { ...panel, series: panel.series.map((series) => cutSeries(series, asOf)) };
}

export function cutSeries(series: Series, asOf: number): Series {
  const rows = upperBound(series.stamps, asOf);
  const actions = series.actions === undefined ? undefined : actionsBefore(series.actions, asOf);
  if (rows === series.stamps.length)
    return actions === undefined || actions.length === series.actions?.length ? series : { ...series, actions };
  const columns = Object.fromEntries(
    Object.entries(series.columns).map(([name, cells]) => [name, cells.subarray(0, rows)]),
  );
  return { ...series, stamps: series.stamps.subarray(0, rows), columns, ...(actions !== undefined && { actions }) };
}

/**
 * The end of the last bar that all panels have: of each the newest bar of any symbol (one that ended early does not hold the others
 * back), of those the oldest. Undefined when a panel has no bars.
 */
export function lastCompleteBar(panels: readonly Panel[]): number | undefined {
  let oldest: number | undefined;
  for (const panel of panels) {
    let newest: number | undefined;
    for (const { stamps } of panel.series) {
      const last = stamps.at(-1);
      if (last !== undefined && (newest === undefined || last > newest)) newest = last;
    }
    if (newest === undefined) return undefined;
    if (oldest === undefined || newest < oldest) oldest = newest;
  }
  return oldest;
}

/**
 * Checks a cut panel against the window that its preset declares.
 *
 * @throws `data.short-history`
 */
export function requireHistory(panel: Panel, window: NonNullable<DataPreset["window"]>): void {
  const needed = Math.max(window.min_history ?? 0, window.warmup_bars ?? 0);
  const short = panel.series.filter(({ stamps }) => stamps.length < needed);
  const [first] = short;
  if (first === undefined) return;
  const last = first.stamps.at(-1);
  throw new QmtlError({
    code: "data.short-history",
    message: `${short.map(({ symbol, stamps }) => `${symbol} has ${stamps.length}`).join(", ")} of the ${needed} bars that the window asks for`,
    place: { preset: panel.preset, symbol: first.symbol, ...(last !== undefined && { bar: last }) },
    next:
      last === undefined
        ? "Choose a later as_of, or take the symbol out of the universe."
        : `Choose an as_of after ${isoText(last)}, import more history, or lower window.min_history.`,
  });
}
