import { describe, expect, test } from "vitest";
import type { MetricDescription } from "../plugin/contract/evaluator.ts";
import { isQmtlError } from "../schema/error.ts";
import { compilePolicy, expressionFaults } from "./compile-policy.ts";
import type { Policy } from "./policy.ts";
import { POLICY_PRESETS } from "./presets.ts";

const METRICS: readonly MetricDescription[] = ["sharpe", "max_drawdown", "win_rate", "profit_factor"].map((name) => ({
  name,
  formula: "",
  unit: "ratio",
  better: "higher",
}));

const policy: Policy = { ...POLICY_PRESETS.sandbox };

function failure(change: Partial<Policy>) {
  try {
    compilePolicy({ ...policy, ...change }, METRICS);
  } catch (error) {
    if (isQmtlError(error)) return error;
    throw error;
  }
  throw new Error("the policy was compiled");
}

describe("compilePolicy", () => {
  test("keeps the order of the gates and what each reads", () => {
    const compiled = compilePolicy({ ...policy, gates: { b: "sharpe > 1", a: "max_drawdown < sharpe" } }, METRICS);
    expect(compiled.gates.map(({ name, metrics }) => [name, metrics])).toEqual([
      ["b", ["sharpe"]],
      ["a", ["max_drawdown", "sharpe"]],
    ]);
  });

  test("tells every mistake, with its path and position", () => {
    const error = failure({ gates: { one: "sharp > 1", two: "sharpe + 1" }, score: "sharpe >", topK: { total: 0 } });
    expect(error.code).toBe("policy.invalid");
    expect(error.details.map(({ code, place }) => [code, place?.path])).toEqual([
      ["policy.number", "policy.topK.total"],
      ["policy.unknown-metric", "policy.gates.one"],
      ["policy.type", "policy.gates.two"],
      ["policy.syntax", "policy.score"],
    ]);
    expect(error.details[1]).toMatchObject({
      message: "No evaluator of this world gives the metric sharp (policy.gates.one, character 1)",
      next: "Did you mean sharpe?",
    });
  });

  test.each([
    [{ hysteresis: { ...policy.hysteresis, enter: 0.2, exit: 0.3 } }, "policy.hysteresis.exit"],
    [{ hysteresis: { ...policy.hysteresis, enter: Number.NaN } }, "policy.hysteresis.enter"],
    [{ hysteresis: { ...policy.hysteresis, promoteAfter: 0 } }, "policy.hysteresis.promoteAfter"],
    [{ hysteresis: { ...policy.hysteresis, demoteAfter: 1.5 } }, "policy.hysteresis.demoteAfter"],
    [{ hysteresis: { ...policy.hysteresis, minDwell: -1 } }, "policy.hysteresis.minDwell"],
    [{ constraints: { correlation: { maxPairwise: 1.1 } } }, "policy.constraints.correlation.maxPairwise"],
    [{ minPeriods: 0 }, "policy.minPeriods"],
    [{ maxLag: 0 }, "policy.maxLag"],
  ])("%j is refused at %s", (change, path) => {
    expect(failure(change).place.path).toBe(path);
  });

  test("a score must be a number, a gate a condition", () => {
    expect(expressionFaults({ kind: "score", text: "sharpe > 1" }, METRICS)).toMatchObject([{ code: "policy.type" }]);
    expect(expressionFaults({ kind: "gate", text: "sharpe" }, METRICS)).toMatchObject([{ code: "policy.type" }]);
    expect(expressionFaults({ kind: "gate", text: "sharpe > 1" }, METRICS)).toEqual([]);
  });
});

describe("presets", () => {
  test.each(Object.entries(POLICY_PRESETS))(
    "%s compiles over standard metrics and says nothing of live",
    (_name, preset) => {
      expect(() => compilePolicy(preset, METRICS)).not.toThrow();
      expect(Object.keys(preset).sort()).toEqual(
        ["constraints", "gates", "hysteresis", "minPeriods", "score", "topK"].sort(),
      );
    },
  );

  test("each asks for no less than the one before", () => {
    const { sandbox, aggressive, moderate, conservative } = POLICY_PRESETS;
    const order: readonly Policy[] = [sandbox, aggressive, moderate, conservative];
    for (const [i, looser] of order.slice(0, -1).entries()) {
      const stricter = order[i + 1]!;
      expect(stricter.topK.total).toBeLessThan(looser.topK.total);
      expect(stricter.hysteresis.enter).toBeGreaterThan(looser.hysteresis.enter);
      expect(stricter.hysteresis.promoteAfter).toBeGreaterThanOrEqual(looser.hysteresis.promoteAfter);
      expect(stricter.minPeriods).toBeGreaterThan(looser.minPeriods);
      for (const gate of Object.keys(looser.gates)) expect(Object.keys(stricter.gates)).toContain(gate);
    }
  });
});
