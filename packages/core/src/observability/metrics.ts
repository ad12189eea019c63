/** One metric: what it counts, and by which labels. Names as Prometheus writes them; the name ends in the unit. */
export interface MetricSpec {
  readonly kind: "counter" | "histogram" | "gauge";
  readonly help: string;
  readonly unit: "1" | "s" | "ms";
  /** Each takes few values for the life of a process: no run, no session, no digest, no instant. */
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets, ascending; the last bucket, to infinity, is implied. */
  readonly buckets?: readonly number[];
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;
const MILLISECONDS = [1, 2.5, 5, 10, 25, 50, 100, 200, 400, 800, 1_500, 3_000, 5_000, 10_000, 30_000, 60_000] as const;

/** Every metric that QMTL keeps. A name or label that does not stand here can't be counted. */
export const METRICS = {
  strategy_compute_context_downgrade_total: {
    kind: "counter",
    help: "Runs that were taken back to a safer execution domain than the one asked for, by reason",
    unit: "1",
    labels: ["reason"],
  },
  cross_context_cache_hit_total: {
    kind: "counter",
    help: "Cached values that belonged to another world, domain or partition and were refused",
    unit: "1",
    labels: ["world", "domain"],
  },
  apply_phase_duration_ms: {
    kind: "histogram",
    help: "How long an apply stayed in a phase: freezing, switched or aborting",
    unit: "ms",
    labels: ["phase"],
    buckets: MILLISECONDS,
  },
  apply_ack_latency_ms: {
    kind: "histogram",
    help: "From the begin of a phase of an apply to the acknowledgement of one participant",
    unit: "ms",
    labels: ["phase"],
    buckets: MILLISECONDS,
  },
  apply_outcome_total: {
    kind: "counter",
    help: "Applies that ended, by world and outcome: completed or rolled-back",
    unit: "1",
    labels: ["world", "outcome"],
  },
  apply_refused_total: {
    kind: "counter",
    help: "Applies that were refused before they began, by reason",
    unit: "1",
    labels: ["world", "reason"],
  },
  edge_change_total: {
    kind: "counter",
    help: "Edges across execution domains that were opened or shut",
    unit: "1",
    labels: ["world", "from", "to", "change"],
  },
  edge_refused_total: {
    kind: "counter",
    help: "Reads across execution domains that were refused",
    unit: "1",
    labels: ["world", "from", "to"],
  },
  campaign_move_total: {
    kind: "counter",
    help: "Strategies that moved from one stage of the campaign to another",
    unit: "1",
    labels: ["world", "from", "to"],
  },
  runner_lag_ms: {
    kind: "gauge",
    help: "From the end of the newest bar that a runner has computed to the moment it was computed",
    unit: "ms",
    labels: ["world", "strategy"],
  },
  runner_gate_open: {
    kind: "gauge",
    help: "1 while a runner's order gate admits orders, 0 while it is shut",
    unit: "1",
    labels: ["world", "strategy"],
  },
  runner_bars_total: {
    kind: "counter",
    help: "Bars that a runner has computed",
    unit: "1",
    labels: ["world", "strategy"],
  },
  runner_late_rows_total: {
    kind: "counter",
    help: "Live rows that came in after that of their bar or of a later one, and were left out",
    unit: "1",
    labels: ["world", "strategy"],
  },
  runner_orders_total: {
    kind: "counter",
    help: "Orders of a runner by what became of them at its gate: admitted, or the reason for a refusal",
    unit: "1",
    labels: ["world", "strategy", "outcome"],
  },
  runner_risk_breach_total: {
    kind: "counter",
    help: "Limits of risk that orders of a runner met, by limit and what became of the order: cut, refused or reduce-only",
    unit: "1",
    labels: ["world", "strategy", "metric", "action"],
  },
  qmtl_plugin_call_seconds: {
    kind: "histogram",
    help: "Time of calls into plugins; outcome is ok, error, invalid, deadline or cancelled",
    unit: "s",
    labels: ["plugin", "method", "outcome"],
    buckets: SECONDS,
  },
  qmtl_plugin_late_answers_total: {
    kind: "counter",
    help: "Answers of plugins that came after their deadline and were thrown away",
    unit: "1",
    labels: ["plugin", "method"],
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;

export type MetricName = keyof typeof METRICS;

type OfKind<K extends MetricSpec["kind"]> = {
  [N in MetricName]: (typeof METRICS)[N]["kind"] extends K ? N : never;
}[MetricName];

export type CounterName = OfKind<"counter">;
export type HistogramName = OfKind<"histogram">;
export type GaugeName = OfKind<"gauge">;

/** Exactly the labels that the metric declares. */
export type MetricLabels<N extends MetricName> = { readonly [L in (typeof METRICS)[N]["labels"][number]]: string };
