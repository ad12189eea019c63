import type { Metrics, RunEvent } from "@qmtl/core";
import { type RunnerMetrics, runnerMetrics } from "./runner-metrics.ts";

/**
 * Counts what a runner tells. A replay has a clock of its own, on which no bar is late: its lag is not measured.
 *
 * @param clock ms UTC
 */
export function countRunEvents(metrics: Metrics, clock: () => number): (event: RunEvent) => void {
  let runner: RunnerMetrics | undefined;
  let live = false;
  return (event) => {
    switch (event.kind) {
      case "ready":
        runner = runnerMetrics(metrics, event);
        live = event.feed === "live";
        return;
      case "gate":
        runner?.gate(event.gate === "open" && event.domain === "dryrun");
        return;
      case "bars":
        runner?.bars(event.bars, live ? clock() - event.to : undefined);
        runner?.orders("admitted", event.orders.filter(({ kind }) => kind === "placed").length);
        // At an open gate it is the side that an entry may not take.
        runner?.orders(event.gate === "open" ? "side_closed" : event.gate, event.refused);
        return;
      case "warm":
        if (!event.allowed) runner?.edgeRefused(event.from, event.to);
        return;
      case "late":
        runner?.late(event.rows);
        return;
      case "stopped":
        runner?.gate(false);
    }
  };
}
