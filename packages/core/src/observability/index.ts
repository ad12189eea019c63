/** Names of metrics and spans, and the counters behind them, in one place. */
export type { CounterName, GaugeName, HistogramName, MetricLabels, MetricName, MetricSpec } from "./metrics.ts";
export { METRICS } from "./metrics.ts";
export type { MetricSample, Metrics } from "./registry.ts";
export { createMetrics } from "./registry.ts";
export { type OpenSpan, openSpan, pastSpan, SPANS } from "./span.ts";
