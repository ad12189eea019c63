import { InvalidArgumentError, Option } from "commander";
import { serveMetrics } from "./serve-metrics.ts";

/** `--metrics-port` of commands that stay. */
export function metricsPortOption(): Option {
  return new Option(
    "--metrics-port <number>",
    "serve metrics to Prometheus on 127.0.0.1 meanwhile; 0 takes any free port",
  ).argParser((text) => {
    if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
      throw new InvalidArgumentError("It is a number from 0 to 65535.");
    return Number(text);
  });
}

/**
 * Does work that opens a world while its metrics are served, where a port is named; standard error says at which address.
 *
 * @throws `metrics.port-taken`, and what the work throws
 */
export async function withMetrics<T>(port: number | undefined, work: () => Promise<T>): Promise<T> {
  if (port === undefined) return work();
  const endpoint = await serveMetrics(port);
  process.stderr.write(`metrics: ${endpoint.url}\n`);
  try {
    return await work();
  } finally {
    await endpoint.close();
  }
}
