import { describe, expect, test } from "vitest";
import type { EvaluationInput, Evaluator, Verdict } from "../plugin/contract/evaluator.ts";
import { isQmtlError } from "../schema/error.ts";
import { describeMetrics, evaluate, type NamedEvaluator } from "./evaluate.ts";

const input: EvaluationInput = {
  times: new Float64Array(1),
  equity: new Float64Array(2),
  returns: Float64Array.of(0.25),
  exposure: new Float64Array(1),
  turnover: 0,
  trades: [],
  periodsPerYear: 252,
  trials: [],
  self: "k",
  minTrialPeriods: 20,
  evidence: "backtest",
};

function giving(plugin: string, metric: string, checks: Record<string, Verdict> = {}): NamedEvaluator {
  const evaluator: Evaluator = {
    metrics: [{ name: metric, formula: "r[0]", unit: "fraction", better: "higher" }],
    evaluate: ({ returns }) => ({ metrics: { [metric]: { kind: "value", value: returns[0]! } }, checks }),
  };
  return { plugin, evaluator };
}

function refusal(call: () => unknown) {
  try {
    call();
  } catch (error) {
    if (isQmtlError(error)) return error;
  }
  throw new Error("nothing was refused");
}

describe("evaluate", () => {
  test("puts the answers of all evaluators together, and names what is inconclusive", () => {
    const evaluators = [
      giving("one", "a", { long: { verdict: "inconclusive", reason: "too short" } }),
      giving("two", "b", { wide: { verdict: "fail", reason: "narrow" } }),
    ];
    expect(evaluate({ evaluators, input })).toEqual({
      metrics: { a: { kind: "value", value: 0.25 }, b: { kind: "value", value: 0.25 } },
      checks: { long: { verdict: "inconclusive", reason: "too short" }, wide: { verdict: "fail", reason: "narrow" } },
      inconclusive: ["long: too short"],
    });
    expect(describeMetrics(evaluators).map(({ name }) => name)).toEqual(["a", "b"]);
  });

  test("lays the trials beside the run for an evaluator that needs them, of its scope and for no other", () => {
    const given: Record<string, EvaluationInput["trialReturns"]> = {};
    const watching = (plugin: string, needs?: Evaluator["needs"]): NamedEvaluator => ({
      plugin,
      evaluator: {
        ...giving(plugin, plugin).evaluator,
        ...(needs !== undefined && { needs }),
        evaluate: (one) => {
          expect("trialPools" in one).toBe(false);
          given[plugin] = one.trialReturns;
          return { metrics: { [plugin]: { kind: "value", value: 0 } }, checks: {} };
        },
      },
    });
    const evaluators = [
      watching("plain"),
      watching("near", { trialReturns: "strategy" }),
      watching("wide", { trialReturns: "world" }),
      watching("again", { trialReturns: "strategy" }),
    ];
    const series = [{ evalKey: "k", strategy: "s", times: input.times, returns: input.returns }];
    const leftOut = { declared: 0, lost: 2, capped: 0 };
    evaluate({ evaluators, input: { ...input, trialPools: { strategy: { series, leftOut } } } });
    expect(given["plain"]).toBeUndefined();
    expect(given["wide"]).toBeUndefined();
    expect(given["near"]).toEqual({
      scope: "strategy",
      times: input.times,
      trials: [{ evalKey: "k", strategy: "s", returns: input.returns }],
      leftOut: { declared: 0, lost: 2, capped: 0, apart: 0 },
    });
    expect(given["again"]).toBe(given["near"]);
  });

  test("two evaluators with the same metric or check are refused, naming both", () => {
    const same = [giving("one", "a"), giving("two", "a")];
    for (const call of [() => evaluate({ evaluators: same, input }), () => describeMetrics(same)])
      expect(refusal(call)).toMatchObject({
        code: "evaluation.duplicate-metric",
        message: "The evaluators one and two both give the metric a",
      });
    const check = { long: { verdict: "pass", reason: "" } } as const;
    expect(
      refusal(() => evaluate({ evaluators: [giving("one", "a", check), giving("two", "b", check)], input })).code,
    ).toBe("evaluation.duplicate-check");
  });
});
