import { type Trades, tradeRecords } from "../backtest/trade-table.ts";
import type {
  EvaluationInput,
  Evaluator,
  Figure,
  MetricDescription,
  TrialReturns,
  TrialScope,
  Verdict,
} from "../plugin/contract/evaluator.ts";
import { QmtlError } from "../schema/error.ts";
import { alignTrials, type TrialPools } from "./trial-returns.ts";

/** An evaluator that the plugin host guards, and the plugin it comes from. */
export interface NamedEvaluator {
  readonly plugin: string;
  readonly evaluator: Evaluator;
}

/** A run to evaluate. Several tasks may share one pool of trials: each is laid beside its own run. */
export interface EvaluationTask extends Omit<EvaluationInput, "trialReturns" | "trades"> {
  readonly trades: Trades;
  /** For the evaluators that need them. */
  readonly trialPools?: TrialPools;
}

/** What all evaluators of a world say of one run. */
export interface EvaluationReport {
  readonly metrics: Readonly<Record<string, Figure>>;
  readonly checks: Readonly<Record<string, Verdict>>;
  /** The checks whose verdict is inconclusive, as `name: reason`. */
  readonly inconclusive: readonly string[];
}

/**
 * The metrics of all evaluators of a world, in their order.
 *
 * @throws `evaluation.duplicate-metric` when two evaluators give the same name
 */
export function describeMetrics(evaluators: readonly NamedEvaluator[]): readonly MetricDescription[] {
  const givers = new Map<string, string>();
  return evaluators.flatMap(({ plugin, evaluator }) => {
    for (const { name } of evaluator.metrics) claim(givers, "metric", name, plugin);
    return evaluator.needs === undefined
      ? evaluator.metrics
      : evaluator.metrics.map((metric): MetricDescription => ({ ...metric, ledger: true }));
  });
}

/**
 * Runs every evaluator on the same input, with the returns of trials for those that need them, and puts their figures and checks
 * together.
 *
 * @throws `evaluation.duplicate-metric`, `evaluation.duplicate-check` when two evaluators give the same name
 */
export function evaluate(of: {
  readonly evaluators: readonly NamedEvaluator[];
  readonly input: EvaluationTask;
}): EvaluationReport {
  describeMetrics(of.evaluators);
  const checkers = new Map<string, string>();
  const { trialPools = {}, trades, ...rest } = of.input;
  const input = { ...rest, trades: tradeRecords(trades) };
  const aligned = new Map<TrialScope, TrialReturns>();
  const inputFor = ({ needs }: Evaluator): EvaluationInput => {
    const pool = needs === undefined ? undefined : trialPools[needs.trialReturns];
    if (needs === undefined || pool === undefined) return input;
    const scope = needs.trialReturns;
    const trialReturns = aligned.get(scope) ?? alignTrials(scope, pool, input.self);
    aligned.set(scope, trialReturns);
    return { ...input, trialReturns };
  };
  const metrics: Record<string, Figure> = {};
  const checks: Record<string, Verdict> = {};
  for (const { plugin, evaluator } of of.evaluators) {
    const result = evaluator.evaluate(inputFor(evaluator));
    Object.assign(metrics, result.metrics);
    for (const [name, verdict] of Object.entries(result.checks)) {
      claim(checkers, "check", name, plugin);
      checks[name] = verdict;
    }
  }
  const inconclusive = Object.entries(checks).flatMap(([name, { verdict, reason }]) =>
    verdict === "inconclusive" ? [`${name}: ${reason}`] : [],
  );
  return { metrics, checks, inconclusive };
}

function claim(givers: Map<string, string>, what: "metric" | "check", name: string, plugin: string): void {
  const giver = givers.get(name);
  if (giver !== undefined)
    throw new QmtlError({
      code: `evaluation.duplicate-${what}`,
      message: `The evaluators ${giver} and ${plugin} both give the ${what} ${name}`,
      place: { plugin },
      next: "Take one of the two out of the world, or rename it in one of the plugins.",
    });
  givers.set(name, plugin);
}
