import type {
  EvaluationInput,
  Evaluator,
  EvaluatorResult,
  Figure,
  MetricDescription,
  TrialReturns,
  Verdict,
} from "../contract/evaluator.ts";
import { callPurePlugin, type Fault } from "./call.ts";
import { type GuardScope, isRecord, show, siteOf } from "./guard.ts";

/** Names that a policy's expressions can say. */
const METRIC = /^[a-z][a-z0-9_]*$/;
const BETTER: readonly unknown[] = ["higher", "lower", "neither"];
const VERDICTS: readonly unknown[] = ["pass", "fail", "inconclusive"];

/** An evaluator whose every answer has the described figures and no others. The plugin sees copies of the caller's arrays. */
export function guardEvaluator(evaluator: Evaluator, scope: GuardScope): Evaluator {
  const metrics = callPurePlugin(siteOf(scope, "metrics"), () => evaluator.metrics, checkMetrics);
  const needs = callPurePlugin(siteOf(scope, "needs"), () => evaluator.needs, checkNeeds);
  return {
    metrics,
    ...(needs !== undefined && { needs }),
    evaluate: (input) =>
      callPurePlugin(
        siteOf(scope, "evaluate"),
        () => evaluator.evaluate(copyEvaluationInput(input)),
        (answer, fault) => checkResult(answer, metrics, fault),
      ),
  };
}

/** A copy that shares nothing with the original that could change; its plain parts are frozen. */
export function copyEvaluationInput(input: EvaluationInput): EvaluationInput {
  return Object.freeze({
    ...input,
    times: input.times.slice(),
    equity: input.equity.slice(),
    returns: input.returns.slice(),
    exposure: input.exposure.slice(),
    // Plain fields alone: what nobody can change may be shared.
    trades: Object.freeze(input.trades.map((trade) => (Object.isFrozen(trade) ? trade : Object.freeze({ ...trade })))),
    trials: Object.freeze(input.trials.map((trial) => Object.freeze({ ...trial }))),
    ...(input.trialReturns !== undefined && { trialReturns: copyTrialReturns(input.trialReturns) }),
  });
}

function copyTrialReturns({ scope, times, trials, leftOut }: TrialReturns): TrialReturns {
  return Object.freeze({
    scope,
    times: times.slice(),
    trials: Object.freeze(trials.map((trial) => Object.freeze({ ...trial, returns: trial.returns.slice() }))),
    leftOut: Object.freeze({ ...leftOut }),
  });
}

/** Nothing, or the returns of trials of a scope there is. A frozen copy. */
export function checkNeeds(answer: unknown, fault: Fault): Evaluator["needs"] {
  if (answer === undefined) return undefined;
  const scope = isRecord(answer) ? answer["trialReturns"] : undefined;
  if (!isRecord(answer) || Object.keys(answer).length !== 1 || (scope !== "strategy" && scope !== "world"))
    return fault('is not { trialReturns: "strategy" } or { trialReturns: "world" }');
  return Object.freeze({ trialReturns: scope });
}

/** Every metric has a name for policies, a formula, a unit and a direction; no name stands twice. A frozen copy. */
export function checkMetrics(answer: unknown, fault: Fault): readonly MetricDescription[] {
  if (!Array.isArray(answer) || answer.length === 0) fault("describes no metrics");
  const seen = new Set<string>();
  return Object.freeze(
    (answer as readonly unknown[]).map((entry) => {
      if (!isRecord(entry)) fault("describes a metric that is no object");
      const metric = entry as unknown as MetricDescription;
      if (typeof metric.name !== "string" || !METRIC.test(metric.name))
        fault(`describes the metric ${show(metric.name)}: names are lower-case letters, digits and underscores`);
      if (seen.has(metric.name)) fault(`describes ${metric.name} twice`);
      seen.add(metric.name);
      for (const field of ["formula", "unit"] as const)
        if (typeof metric[field] !== "string" || metric[field] === "")
          fault(`describes ${metric.name} without ${field}`);
      if (!BETTER.includes(metric.better)) fault(`describes ${metric.name} as better when ${show(metric.better)}`);
      return Object.freeze({ ...metric });
    }),
  );
}

/** Every described metric has a figure, finite or undefined for a reason; checks are verdicts with a reason. */
export function checkResult(answer: unknown, metrics: readonly MetricDescription[], fault: Fault): EvaluatorResult {
  if (!isRecord(answer) || !isRecord(answer["metrics"]) || !isRecord(answer["checks"]))
    fault("is not { metrics, checks }");
  const result = answer as unknown as EvaluatorResult;
  const figures: Record<string, Figure> = {};
  for (const { name } of metrics) {
    if (!Object.hasOwn(result.metrics, name)) fault(`has no figure for ${name}, which the plugin describes`);
    figures[name] = checkFigure(name, result.metrics[name], fault);
  }
  for (const name of Object.keys(result.metrics))
    if (!Object.hasOwn(figures, name)) fault(`holds the metric ${show(name)}, which the plugin does not describe`);
  const checks: Record<string, Verdict> = {};
  for (const [name, verdict] of Object.entries(result.checks)) checks[name] = checkVerdict(name, verdict, fault);
  return { metrics: figures, checks };
}

function checkFigure(name: string, value: unknown, fault: Fault): Figure {
  if (isRecord(value)) {
    const { kind, value: number, because } = value;
    if (kind === "undefined" && typeof because === "string" && because !== "") return { kind, because };
    if (kind === "value" && typeof number === "number") {
      if (Number.isFinite(number)) return { kind, value: number };
      fault(`holds ${number} for ${name}, which must be finite or undefined for a reason`);
    }
  }
  return fault(`holds no figure for ${name}: { kind: "value", value } or { kind: "undefined", because }`);
}

function checkVerdict(name: string, value: unknown, fault: Fault): Verdict {
  if (!isRecord(value) || !VERDICTS.includes(value["verdict"]) || typeof value["reason"] !== "string")
    fault(`holds no verdict for the check ${show(name)}: { verdict, reason }`);
  const { verdict, reason } = value as unknown as Verdict;
  return { verdict, reason };
}
