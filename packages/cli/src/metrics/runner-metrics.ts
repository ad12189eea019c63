import type { Metrics } from "@qmtl/core";

/** What a runner says of itself while it runs. */
export interface RunnerMetrics {
  /** So many bars were computed; the last of live ones `lag` ms after its end. */
  bars(count: number, lag?: number): void;
  /** An order reached the gate. @param outcome `admitted`, or the reason for its refusal: one of a closed list */
  orders(outcome: string, count: number): void;
  /** An order met a limit of risk. */
  breach(metric: string, action: string): void;
  gate(open: boolean): void;
  /** So many rows came in too late for their bar. */
  late(rows: number): void;
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
    bars: (count, lag) => {
      metrics.count("runner_bars_total", labels, count);
      if (lag !== undefined) metrics.set("runner_lag_ms", labels, lag);
    },
    orders: (outcome, count) => {
      if (count > 0) metrics.count("runner_orders_total", { ...labels, outcome }, count);
    },
    breach: (metric, action) => metrics.count("runner_risk_breach_total", { ...labels, metric, action }),
    gate,
    late: (rows) => metrics.count("runner_late_rows_total", labels, rows),
    edgeRefused: (from, to) => metrics.count("edge_refused_total", { world, from, to }),
  };
}
