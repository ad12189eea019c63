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
  const countBreaches = (limited: Extract<RunEvent, { kind: "bars" }>["limited"] = []): void => {
    for (const { breaches } of limited) for (const { metric, action } of breaches) runner?.breach(metric, action);
  };
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
        countBreaches(event.limited);
        return;
      case "rebalanced":
        runner?.orders("admitted", event.orders.length);
        countBreaches(event.limited);
        runner?.orders("rebalance_left_out", event.legs.filter(({ ordered }) => ordered === 0).length);
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
