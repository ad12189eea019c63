import { describe, expect, test } from "vitest";
import type { EvaluationInput, Evaluator, EvaluatorResult, Figure } from "../plugin/contract/evaluator.ts";
import { definePlugin, emptyConfig, type Plugin } from "../plugin/contract/plugin.ts";
import { evaluatorSuite } from "./evaluator-suite.ts";
import { failingCases } from "./failing-cases.test.kit.ts";

const metrics: Evaluator["metrics"] = [
  { name: "mean", formula: "sum(r) / n", unit: "fraction", better: "higher" },
  { name: "best_trial", formula: "max(sharpe)", unit: "ratio", better: "neither" },
];

const figure = (value: number): Figure =>
  Number.isFinite(value)
    ? { kind: "value", value }
    : { kind: "undefined", because: "there is nothing to take it from" };

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

const sound = ({ returns, trials }: EvaluationInput): EvaluatorResult => ({
  metrics: {
    mean: figure(sum(returns) / returns.length),
    best_trial: figure(Math.max(...trials.map(({ sharpe }) => sharpe ?? Number.NEGATIVE_INFINITY))),
  },
  checks: {
    history:
      returns.length < 30 ? { verdict: "inconclusive", reason: "too short" } : { verdict: "pass", reason: "enough" },
  },
});

function failing(
  evaluate: Evaluator["evaluate"],
  described = metrics,
  needs?: Evaluator["needs"],
): Promise<readonly string[]> {
  const plugin = definePlugin({
    kind: "evaluator",
    name: "@acme/evaluator",
    version: "1.0.0",
    api: 1,
    use: "acme",
    description: "For tests",
    config: emptyConfig,
    setup: () => ({ metrics: described, ...(needs !== undefined && { needs }), evaluate }),
  }) as unknown as Plugin<"evaluator", unknown>;
  return failingCases((runner) => evaluatorSuite(runner, { plugin, config: {}, root: "." }));
}

/** The sound answer with another mean. */
const mean =
  (of: (input: EvaluationInput) => Figure): Evaluator["evaluate"] =>
  (input) => {
    const answer = sound(input);
    return { ...answer, metrics: { ...answer.metrics, mean: of(input) } };
  };

describe("the suite for evaluators", () => {
  test("passes a sound one", async () => {
    expect(await failing(sound)).toEqual([]);
  });

  let calls = 0;
  const defects: readonly (readonly [string, string, Evaluator["evaluate"]])[] = [
    [
      "gives NaN for an empty sample",
      "EV-05",
      mean(({ returns }) => ({ kind: "value", value: sum(returns) / returns.length })),
    ],
    [
      "gives Infinity without variance",
      "EV-06",
      mean(({ returns }) => ({ kind: "value", value: returns.length === 0 ? 0 : 1 / sum(returns.map((r) => r * r)) })),
    ],
    ["leaves a metric out", "EV-02", (input) => ({ ...sound(input), metrics: { mean: figure(0) } })],
    [
      "adds a metric",
      "EV-02",
      (input) => ({ ...sound(input), metrics: { ...sound(input).metrics, extra: figure(0) } }),
    ],
    [
      "spoils its input",
      "EV-03",
      (input) => {
        input.returns.sort();
        return sound(input);
      },
    ],
    [
      "remembers",
      "EV-04",
      mean(({ returns }) => {
        calls += 1;
        return figure(returns.length + calls);
      }),
    ],
    ["finds every sample long enough", "EV-05", (input) => ({ ...sound(input), checks: {} })],
    ["takes the last trial for the best", "EV-07", mean(({ trials }) => figure(trials.at(-1)?.sharpe ?? 0))],
    [
      "needs other trials",
      "EV-08",
      mean(({ trials }) => {
        if (trials.every(({ sharpe }) => sharpe === undefined)) throw new Error("no trials");
        return figure(1);
      }),
    ],
  ];
  test.each(defects)("catches one that %s: %s", async (_defect, number, evaluate) => {
    expect(await failing(evaluate)).toContain(number);
  });

  const trialDefects: readonly (readonly [string, string, Evaluator["evaluate"]])[] = [
    [
      "takes the first trial's returns for its own",
      "EV-07",
      mean(({ trialReturns }) => figure(sum(trialReturns?.trials[0]?.returns ?? new Float64Array(0)))),
    ],
    [
      "needs other trials' returns",
      "EV-09",
      mean(({ trialReturns }) => {
        if (trialReturns?.trials.length === 1) throw new Error("no other trial");
        return figure(1);
      }),
    ],
    [
      "spoils the trials' returns",
      "EV-03",
      mean(({ trialReturns }) => {
        trialReturns?.trials[0]?.returns.reverse();
        return figure(1);
      }),
    ],
  ];
  test.each(trialDefects)("catches one that %s: %s", async (_defect, number, evaluate) => {
    expect(await failing(evaluate, metrics, { trialReturns: "strategy" })).toContain(number);
  });

  test("passes a sound one that needs the returns of trials", async () => {
    const largest = mean(({ trialReturns }) =>
      figure(Math.max(...(trialReturns?.trials ?? []).map((t) => sum(t.returns)))),
    );
    expect(await failing(largest, metrics, { trialReturns: "world" })).toEqual([]);
  });

  test("catches one that needs what there is not", async () => {
    expect(await failing(sound, metrics, { trialReturns: "all" as never })).toContain("EV-01");
  });

  test("catches one that describes a metric twice", async () => {
    expect(await failing(sound, [...metrics, ...metrics])).toContain("EV-01");
  });
});
