import { metrics } from "@opentelemetry/api";
import { METRICS, type MetricName, type MetricSpec } from "./metrics.ts";

/** Name of the meter and of the tracer. */
export const SCOPE = "@qmtl/core";

type Write = (value: number, labels: Readonly<Record<string, string>>) => void;

/**
 * The metrics as OpenTelemetry instruments of the provider that the process has registered by now. Without one they do nothing.
 */
export function instruments(): (name: MetricName) => Write {
  const meter = metrics.getMeter(SCOPE);
  const made = new Map<MetricName, Write>();
  return (name) => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const { kind, help: description, unit, buckets }: MetricSpec = METRICS[name];
    const write = ((): Write => {
      if (kind === "counter") {
        const counter = meter.createCounter(name, { description, unit });
        return (value, labels) => counter.add(value, { ...labels });
      }
      if (kind === "gauge") {
        const gauge = meter.createGauge(name, { description, unit });
        return (value, labels) => gauge.record(value, { ...labels });
      }
      const advice = { explicitBucketBoundaries: [...(buckets ?? [])] };
      const histogram = meter.createHistogram(name, { description, unit, advice });
      return (value, labels) => histogram.record(value, { ...labels });
    })();
    made.set(name, write);
    return write;
  };
}
