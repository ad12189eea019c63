import { adjustPanel } from "../data/adjust.ts";
import type { Panel } from "../data/panel.ts";
import type { StrategyGraph } from "../strategy/graph.ts";

/** What the graph reads: adjusted by splits and dividends, but for streams of raw prices. Orders always fill at raw ones. */
export function panelsAsRead(
  { nodes }: Pick<StrategyGraph, "nodes">,
  panels: ReadonlyMap<number, Panel>,
): ReadonlyMap<number, Panel> {
  return new Map(
    [...panels].map(([index, panel]) => {
      const node = nodes[index];
      return [index, node?.kind === "stream" && node.prices === "raw" ? panel : adjustPanel(panel)];
    }),
  );
}
