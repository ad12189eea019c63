import type { Panel, Series } from "../data/panel.ts";
import { upperBound } from "../data/sorted.ts";

/** A stretch of history: bars whose ends lie in `(after, until]`, ms UTC. */
export interface Stretch {
  readonly after: number;
  readonly until: number;
}

export type Panels = ReadonlyMap<number, Panel>;

/** The bars of a stretch. Arrays are views of the panels' own; symbols without a bar in it stay, empty. */
export function slicePanels(panels: Panels, stretch: Stretch): Panels {
  return mapSeries(panels, (series) => sliceSeries(series, stretch));
}

/** The panels with each series replaced. */
export function mapSeries(panels: Panels, change: (series: Series, node: number) => Series): Panels {
  return new Map(
    [...panels].map(([node, panel]) => [
      node,
      { ...panel, series: panel.series.map((series) => change(series, node)) },
    ]),
  );
}

function sliceSeries(series: Series, { after, until }: Stretch): Series {
  const from = upperBound(series.stamps, after);
  const to = Math.max(from, upperBound(series.stamps, until));
  if (from === 0 && to === series.stamps.length) return series;
  return {
    ...series,
    stamps: series.stamps.subarray(from, to),
    columns: Object.fromEntries(
      Object.entries(series.columns).map(([name, cells]) => [name, cells.subarray(from, to)]),
    ),
  };
}
