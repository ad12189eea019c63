import { describe, expect, test } from "vitest";
import { createMetrics, METRICS } from "./index.ts";

describe("metrics", () => {
  test("a counter adds up per set of labels", () => {
    const metrics = createMetrics();
    metrics.count("strategy_compute_context_downgrade_total", { reason: "stale_decision" });
    metrics.count("strategy_compute_context_downgrade_total", { reason: "missing_as_of" }, 2);
    metrics.count("strategy_compute_context_downgrade_total", { reason: "stale_decision" });
    expect(metrics.snapshot()).toEqual([
      {
        kind: "counter",
        name: "strategy_compute_context_downgrade_total",
        labels: { reason: "missing_as_of" },
        value: 2,
      },
      {
        kind: "counter",
        name: "strategy_compute_context_downgrade_total",
        labels: { reason: "stale_decision" },
        value: 2,
      },
    ]);
  });

  test("a gauge stands where it was set last", () => {
    const metrics = createMetrics();
    const labels = { world: "w", strategy: "s" };
    metrics.set("runner_lag_ms", labels, 40);
    metrics.set("runner_lag_ms", labels, 12);
    expect(metrics.snapshot()).toEqual([{ kind: "gauge", name: "runner_lag_ms", labels, value: 12 }]);
    expect(() => metrics.set("runner_lag_ms", labels, Number.NaN)).toThrow("NaN can't be added");
  });

  test("the order in which labels are written does not matter", () => {
    const metrics = createMetrics();
    metrics.count("cross_context_cache_hit_total", { world: "w", domain: "live" });
    metrics.count("cross_context_cache_hit_total", { domain: "live", world: "w" });
    expect(metrics.snapshot()).toHaveLength(1);
  });

  test("a histogram counts at or below each bound, cumulatively", () => {
    const metrics = createMetrics();
    const labels = { plugin: "p", method: "read", outcome: "ok" };
    for (const seconds of [0.0005, 0.02, 7, 1000]) metrics.observe("qmtl_plugin_call_seconds", labels, seconds);
    const [sample] = metrics.snapshot();
    if (sample?.kind !== "histogram") throw new Error("not a histogram");
    expect(sample.count).toBe(4);
    expect(sample.sum).toBeCloseTo(1007.0205, 9);
    expect(sample.buckets.find((b) => b.atMost === 0.0005)?.count).toBe(1);
    expect(sample.buckets.find((b) => b.atMost === 0.025)?.count).toBe(2);
    expect(sample.buckets.find((b) => b.atMost === 10)?.count).toBe(3);
    expect(sample.buckets.at(-1)?.count).toBe(3);
  });

  test("what the table does not name can't be counted", () => {
    const metrics = createMetrics();
    expect(() => metrics.count("nonsense_total" as never, {} as never)).toThrow("There is no metric nonsense_total");
    expect(() => metrics.count("strategy_compute_context_downgrade_total", { why: "x" } as never)).toThrow(
      "has the labels reason, not why",
    );
    expect(() =>
      metrics.observe("qmtl_plugin_call_seconds", { plugin: "p", method: "m", outcome: "ok" }, Number.NaN),
    ).toThrow("NaN can't be added");
    expect(metrics.snapshot()).toEqual([]);
  });

  test("names and labels are what Prometheus accepts, buckets ascend", () => {
    for (const [name, spec] of Object.entries(METRICS)) {
      expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(name.endsWith("_total")).toBe(spec.kind === "counter");
      expect(name.endsWith("_ms")).toBe(spec.unit === "ms");
      expect(name.endsWith("_seconds")).toBe(spec.unit === "s");
      for (const label of spec.labels) expect(label).toMatch(/^[a-z][a-z_]*$/);
      const buckets = "buckets" in spec ? [...spec.buckets] : [];
      expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
      expect(spec.kind === "histogram").toBe(buckets.length > 0);
    }
  });
});
