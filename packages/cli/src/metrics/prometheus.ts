import type { IncomingMessage, ServerResponse } from "node:http";
// A bundle gives a CommonJS package its names in static imports alone: whoever wants this late imports this module late.
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";

/** A provider to register with the OpenTelemetry API, and what writes its metrics as an answer. */
export function prometheusProvider(): {
  readonly provider: MeterProvider;
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void;
} {
  const exporter = new PrometheusExporter({
    preventServerStart: true,
    withoutScopeInfo: true,
    withoutTargetInfo: true,
  });
  return {
    provider: new MeterProvider({ readers: [exporter] }),
    answer: (request, response) => exporter.getMetricsRequestHandler(request, response),
  };
}
