import { describe, expect, test } from "vitest";
import { slaDecision, stabilize } from "./sla.ts";

const policy = { minCoverage: 0.9, maxLagSeconds: 60, onViolation: "partial_fill" } as const;

describe("slaDecision", () => {
  test("names stale before thin before late", () => {
    const all = { policy, violation: "total", coverageRatio: 0.5, stalenessMs: 60_001 };
    expect(slaDecision(all)).toEqual({ mode: "hold", reason: "freshness_breach" });
    expect(slaDecision({ ...all, stalenessMs: 60_000 })).toEqual({ mode: "hold", reason: "coverage_breach" });
    expect(slaDecision({ ...all, stalenessMs: 0, coverageRatio: 0.9 })).toEqual({
      mode: "partial_fill",
      reason: "sla_violation",
    });
    expect(slaDecision({ ...all, violation: null, stalenessMs: 0, coverageRatio: 1 })).toBeUndefined();
  });

  test("does not breach what is not asked or not measured", () => {
    expect(
      slaDecision({ policy: { onViolation: "hold" }, violation: null, coverageRatio: 0, stalenessMs: 1e9 }),
    ).toBeUndefined();
    expect(slaDecision({ policy, violation: null })).toBeUndefined();
  });
});

describe("stabilize", () => {
  test("leaves out the newest rows", () => {
    expect(stabilize([0, 1, 2], 2)).toEqual([0]);
    expect(stabilize([0], 2)).toEqual([]);
    expect(stabilize([0, 1], 0)).toEqual([0, 1]);
  });
});
