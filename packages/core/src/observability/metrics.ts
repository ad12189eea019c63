/** One metric: what it counts, and by which labels. Seconds everywhere, names as Prometheus writes them. */
export interface MetricSpec {
  readonly kind: "counter" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets, ascending; the last bucket, to infinity, is implied. */
  readonly buckets?: readonly number[];
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

/** Every metric that QMTL keeps. A name or label that does not stand here can't be counted. */
export const METRICS = {
  strategy_compute_context_downgrade_total: {
    kind: "counter",
    help: "Runs that were taken back to a safer execution domain than the one asked for, by reason",
    labels: ["reason"],
  },
  cross_context_cache_hit_total: {
    kind: "counter",
    help: "Cached values that belonged to another world, domain or partition and were refused",
    labels: ["world", "domain"],
  },
  qmtl_plugin_call_seconds: {
    kind: "histogram",
    help: "Time of calls into plugins; outcome is ok, error, invalid, deadline or cancelled",
    labels: ["plugin", "method", "outcome"],
    buckets: SECONDS,
  },
  qmtl_plugin_late_answers_total: {
    kind: "counter",
    help: "Answers of plugins that came after their deadline and were thrown away",
    labels: ["plugin", "method"],
  },
} as const satisfies Readonly<Record<string, MetricSpec>>;

export type MetricName = keyof typeof METRICS;

type OfKind<K extends MetricSpec["kind"]> = {
  [N in MetricName]: (typeof METRICS)[N]["kind"] extends K ? N : never;
}[MetricName];

export type CounterName = OfKind<"counter">;
export type HistogramName = OfKind<"histogram">;

/** Exactly the labels that the metric declares. */
export type MetricLabels<N extends MetricName> = { readonly [L in (typeof METRICS)[N]["labels"][number]]: string };
