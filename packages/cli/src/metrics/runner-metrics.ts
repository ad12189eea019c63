import type { Metrics } from "@qmtl/core";

/** What a runner says of itself while it runs. */
export interface RunnerMetrics {
  /** A bar was computed, `lag` ms after its end. */
  bar(lag: number): void;
  /** An order reached the gate. @param outcome `admitted`, or the reason for its refusal: one of a closed list */
  order(outcome: string): void;
  gate(open: boolean): void;
  /** A read of what another execution domain computed was refused. */
  edgeRefused(from: string, to: string): void;
}

/** A runner's metrics under their names. The gate counts as shut until it is said to be open. */
export function runnerMetrics(
  metrics: Metrics,
  { world, strategy }: { readonly world: string; readonly strategy: string },
): RunnerMetrics {
  const labels = { world, strategy };
  const gate = (open: boolean): void => metrics.set("runner_gate_open", labels, open ? 1 : 0);
  gate(false);
  return {
    bar: (lag) => {
      metrics.count("runner_bars_total", labels);
      metrics.set("runner_lag_ms", labels, lag);
    },
    order: (outcome) => metrics.count("runner_orders_total", { ...labels, outcome }),
    gate,
    edgeRefused: (from, to) => metrics.count("edge_refused_total", { world, from, to }),
  };
}
