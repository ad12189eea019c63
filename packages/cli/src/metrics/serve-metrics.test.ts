import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { createMetrics } from "@qmtl/core";
import { expect, test } from "vitest";
import { runnerMetrics } from "./runner-metrics.ts";
import { serveMetrics } from "./serve-metrics.ts";

const read = (url: string, host?: string, method = "GET"): Promise<{ status: number | undefined; text: string }> =>
  new Promise((resolve, reject) => {
    request(url, { method, ...(host !== undefined && { headers: { host } }) }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve({ status: response.statusCode, text }));
    })
      .on("error", reject)
      .end();
  });

test("what the process counts can be read by its name, kind, labels and value, and by nobody else's page", async () => {
  const unheard = createMetrics();
  const endpoint = await serveMetrics(0);
  try {
    unheard.count("strategy_compute_context_downgrade_total", { reason: "missing_as_of" });
    const metrics = createMetrics();
    metrics.count("strategy_compute_context_downgrade_total", { reason: "stale_decision" }, 3);
    metrics.observe("apply_phase_duration_ms", { phase: "freezing" }, 120);
    const runner = runnerMetrics(metrics, { world: "w", strategy: "s" });
    runner.bar(250);
    runner.bar(125);
    runner.order("admitted");
    runner.gate(true);

    const { status, text } = await read(endpoint.url);
    expect(status).toBe(200);
    const lines = text.split("\n");
    for (const line of [
      "# TYPE strategy_compute_context_downgrade_total counter",
      'strategy_compute_context_downgrade_total{reason="stale_decision"} 3',
      "# TYPE apply_phase_duration_ms histogram",
      'apply_phase_duration_ms_bucket{phase="freezing",le="100"} 0',
      'apply_phase_duration_ms_bucket{phase="freezing",le="200"} 1',
      'apply_phase_duration_ms_sum{phase="freezing"} 120',
      "# TYPE runner_lag_ms gauge",
      'runner_lag_ms{world="w",strategy="s"} 125',
      'runner_bars_total{world="w",strategy="s"} 2',
      'runner_orders_total{world="w",strategy="s",outcome="admitted"} 1',
      'runner_gate_open{world="w",strategy="s"} 1',
    ])
      expect(lines).toContain(line);
    expect(text).not.toContain("missing_as_of");

    expect((await read(endpoint.url, "evil.example")).status).toBe(403);
    expect((await read(endpoint.url, undefined, "POST")).status).toBe(405);
    expect((await read(endpoint.url.replace("/metrics", "/"))).status).toBe(404);
    await expect(serveMetrics(0)).rejects.toMatchObject({ code: "metrics.served-already" });
  } finally {
    await endpoint.close();
  }
  await expect(read(endpoint.url)).rejects.toThrow(/ECONNREFUSED|hang up/);
});

test("a port that is taken or none at all is refused by name", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", () => resolve()));
  await expect(serveMetrics((other.address() as AddressInfo).port)).rejects.toMatchObject({
    code: "metrics.port-taken",
  });
  await new Promise((resolve) => other.close(resolve));
  for (const port of [-1, 1.5, 70_000, Number.NaN])
    await expect(serveMetrics(port)).rejects.toMatchObject({ code: "metrics.invalid-port" });
});
