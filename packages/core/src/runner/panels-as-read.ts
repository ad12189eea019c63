import { type Adjustment, adjustMore, adjustPanel, UNADJUSTED } from "../data/adjust.ts";
import type { AddedRows, Panel } from "../data/panel.ts";
import type { StrategyGraph } from "../strategy/graph.ts";

/** What the graph reads: adjusted by splits and dividends, but for streams of raw prices. Orders always fill at raw ones. */
export function panelsAsRead(
  { nodes }: Pick<StrategyGraph, "nodes">,
  panels: ReadonlyMap<number, Panel>,
): ReadonlyMap<number, Panel> {
  return new Map([...panels].map(([index, panel]) => [index, isRaw(nodes, index) ? panel : adjustPanel(panel)]));
}

type Rows = ReadonlyMap<number, AddedRows>;

/**
 * The same for rows that are added to panels. Their adjustment goes on from where it stood when `keep` is called: rows that nobody took
 * leave no trace.
 */
export function rowsAsRead(
  { nodes }: Pick<StrategyGraph, "nodes">,
  panels: ReadonlyMap<number, Panel>,
): (rows: Rows) => { readonly read: Rows; readonly keep: () => void } {
  const states = new Map<string, Adjustment>();
  const keyOf = (index: number, symbol: string): string => `${index} ${symbol}`;
  for (const [index, panel] of panels)
    if (!isRaw(nodes, index))
      for (const series of panel.series)
        states.set(keyOf(index, series.symbol), adjustMore(panel, series, UNADJUSTED).after);
  return (rows) => {
    const after = new Map<string, Adjustment>();
    const read = new Map(
      [...rows].map(([index, added]): [number, AddedRows] => {
        const panel = panels.get(index);
        if (panel === undefined) return [index, added];
        const series = added.series.map((one) => {
          const before = states.get(keyOf(index, one.symbol));
          if (before === undefined) return one;
          const adjusted = adjustMore(panel, one, before);
          after.set(keyOf(index, one.symbol), adjusted.after);
          return adjusted.series;
        });
        return [index, { series }];
      }),
    );
    return {
      read,
      keep() {
        for (const [key, state] of after) states.set(key, state);
      },
    };
  };
}

function isRaw(nodes: StrategyGraph["nodes"], index: number): boolean {
  const node = nodes[index];
  return node?.kind === "stream" && node.prices === "raw";
}
