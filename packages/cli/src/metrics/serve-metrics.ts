import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { metrics } from "@opentelemetry/api";
import { QmtlError } from "@qmtl/core/schema";

/** An endpoint that Prometheus reads. */
export interface MetricsEndpoint {
  /** `http://127.0.0.1:9464/metrics` */
  readonly url: string;
  /** Stops to answer; what was counted is dropped. */
  close(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";
const PATH = "/metrics";

/**
 * Lets Prometheus read what this process counts, on the loopback interface. Call it before `loadWorld`: what was made before counts
 * for itself only.
 *
 * @param port 0 for any that is free
 * @throws `metrics.invalid-port`, `metrics.served-already`, `metrics.port-taken`
 */
export async function serveMetrics(port: number): Promise<MetricsEndpoint> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new QmtlError({
      code: "metrics.invalid-port",
      message: `${String(port)} is not a port`,
      next: "Write a number from 0 to 65535; 0 takes any that is free.",
    });
  // Only who serves metrics pays for the SDK.
  const { prometheusProvider } = await import("./prometheus.ts");
  const { provider, answer } = prometheusProvider();
  const server = createServer((request, response) => reply(request, response, answer));
  const address = await listen(server, port);
  if (!metrics.setGlobalMeterProvider(provider)) {
    await stop(server);
    throw new QmtlError({
      code: "metrics.served-already",
      message: "This process serves its metrics already",
      next: "Name one port for the whole process.",
    });
  }
  return {
    url: `http://${LOOPBACK}:${address.port}${PATH}`,
    close: async () => {
      metrics.disable();
      await stop(server);
      await provider.shutdown();
    },
  };
}

function reply(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): void {
  // A page in a browser may name this address by another host: it gets nothing.
  const host = request.headers.host?.replace(/:\d+$/, "");
  const refused =
    host !== LOOPBACK && host !== "localhost" ? 403 : request.method !== "GET" ? 405 : request.url !== PATH ? 404 : 0;
  if (refused === 0) answer(request, response);
  else response.writeHead(refused).end();
}

function listen(server: Server, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(
        new QmtlError({
          code: taken ? "metrics.port-taken" : "metrics.unserved",
          message: taken
            ? `Port ${port} is taken by another process`
            : `Metrics can't be served on port ${port}: ${error.message}`,
          next: "Name another port, or 0 for any that is free.",
          cause: error,
        }),
      );
    });
    server.listen(port, LOOPBACK, () => resolve(server.address() as AddressInfo));
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
