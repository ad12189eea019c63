import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { createMetrics } from "@qmtl/core";
import { expect, test, vi } from "vitest";
import { metricsPortOption, withMetrics } from "./metrics-port.ts";
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
    runner.bars(1, 250);
    runner.bars(1, 125);
    runner.orders("admitted", 1);
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

test("a command serves as long as it works, and only where a port is named", async () => {
  const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    const inside = await withMetrics(0, async () => {
      const url = String(said.mock.calls[0]?.[0]).replace("metrics: ", "").trim();
      createMetrics().count("runner_bars_total", { world: "w", strategy: "s" });
      return { url, text: (await read(url)).text };
    });
    expect(inside.text).toContain('runner_bars_total{world="w",strategy="s"} 1');
    await expect(read(inside.url)).rejects.toThrow(/ECONNREFUSED|hang up/);
    said.mockClear();
    expect(await withMetrics(undefined, async () => "done")).toBe("done");
    expect(said).not.toHaveBeenCalled();
  } finally {
    said.mockRestore();
  }
  for (const text of ["-1", "65536", "http", "1.5"])
    expect(() => metricsPortOption().parseArg?.(text, undefined)).toThrow("0 to 65535");
  expect(metricsPortOption().parseArg?.("9464", undefined)).toBe(9464);
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
