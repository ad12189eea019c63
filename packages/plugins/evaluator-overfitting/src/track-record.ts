import {
  definePlugin,
  type EvaluationInput,
  type Evaluator,
  type EvaluatorResult,
  type MetricDescription,
} from "@qmtl/core/plugin";
import * as z from "@qmtl/core/zod";
import { flawOf, minTrackRecordLength, moments, probabilisticSharpe, withoutVariation } from "@qmtl/evaluator-standard";
import { answer, type Evidence, thin } from "./evidence.ts";
import { counted } from "./trial-set.ts";

const SOURCE = "Bailey & Lopez de Prado (2012), The Sharpe Ratio Efficient Frontier";

const METRICS: readonly MetricDescription[] = [
  {
    name: "track_record_psr",
    formula: "psr against benchmark / sqrt(P) instead of 0",
    unit: "probability",
    better: "higher",
    source: `${SOURCE}, equation 8`,
  },
  {
    name: "track_record_min_years",
    formula:
      "(1 + (1 - skew * SR + (kurtosis - 1) / 4 * SR^2) * (Phi^-1(confidence) / (SR - benchmark / sqrt(P)))^2) / P, SR per period",
    unit: "years",
    better: "lower",
    source: `${SOURCE}, equation 11`,
  },
  {
    name: "track_record_coverage",
    formula: "T / P / track_record_min_years; from 1 on the track record is long enough",
    unit: "ratio",
    better: "higher",
    source: `${SOURCE}, equation 11`,
  },
];

const config = z.strictObject({
  /** Sharpe ratio per year that has to be told from the run's. */
  benchmark: z.number().default(0),
  confidence: z.number().gt(0.5).lt(1).default(0.95),
  /** Fewer periods say nothing of skew and kurtosis either. */
  minPeriods: z.int().min(3).default(20),
});

/** Whether a run is long enough to tell its Sharpe ratio from a benchmark: until it is, it is inconclusive. */
export const trackRecord = definePlugin({
  kind: "evaluator",
  name: "@qmtl/evaluator-overfitting/track-record",
  version: "0.1.0",
  api: 1,
  use: "track-record",
  description: "Minimum track record length against a Sharpe ratio of your choice; shorter runs are inconclusive",
  config,
  setup: (_context, settings): Evaluator => ({
    metrics: METRICS,
    evaluate: (input) => evaluateTrackRecord(input, settings),
  }),
});

function evaluateTrackRecord(input: EvaluationInput, settings: z.output<typeof config>): EvaluatorResult {
  const evidence = evidenceOf(input, settings);
  const result = answer("track_record_length", METRICS, evidence);
  if (evidence.kind === "thin") return result;
  const { returns, periodsPerYear } = input;
  const { benchmark, confidence } = settings;
  const { track_record_min_years: least, track_record_coverage: coverage } = result.metrics;
  const target = `a Sharpe ratio of ${benchmark} at ${confidence}`;
  if (least?.kind !== "value" || coverage?.kind !== "value")
    return withCheck(result, "fail", `No length would tell this run from ${target}, because ${reasonOf(least)}`);
  const years = (returns.length / periodsPerYear).toPrecision(3);
  return coverage.value >= 1
    ? withCheck(
        result,
        "pass",
        `${years} years are enough to tell it from ${target}: it takes ${least.value.toPrecision(3)}`,
      )
    : withCheck(
        result,
        "inconclusive",
        `${years} years are too few to tell it from ${target}: it takes ${least.value.toPrecision(3)}`,
      );
}

function evidenceOf(input: EvaluationInput, { benchmark, confidence, minPeriods }: z.output<typeof config>): Evidence {
  const { returns, periodsPerYear } = input;
  const flaw = flawOf(input);
  if (flaw !== undefined) return thin(flaw);
  if (returns.length < minPeriods)
    return thin(`${counted(returns.length, "period")} are too few to judge: it takes ${minPeriods}`);
  const shape = moments(returns);
  const flat = withoutVariation(shape);
  if (flat !== undefined) return thin(flat);
  const estimate = { sharpe: shape.mean / shape.deviation, skew: shape.skew, kurtosis: shape.kurtosis };
  const perPeriod = benchmark / Math.sqrt(periodsPerYear);
  const least = minTrackRecordLength(estimate, { benchmark: perPeriod, confidence });
  return {
    kind: "found",
    figures: {
      track_record_psr: probabilisticSharpe(estimate, { periods: shape.count, benchmark: perPeriod }),
      track_record_min_years: least.kind === "value" ? least.value / periodsPerYear : least,
      track_record_coverage: least.kind === "value" ? shape.count / least.value : least,
    },
    basis: `${shape.count} periods`,
  };
}

function withCheck(
  result: EvaluatorResult,
  verdict: "pass" | "fail" | "inconclusive",
  reason: string,
): EvaluatorResult {
  return { ...result, checks: { track_record_length: { verdict, reason } } };
}

function reasonOf(figure: EvaluatorResult["metrics"][string] | undefined): string {
  return figure?.kind === "undefined" ? figure.because : "its coverage is no finite number";
}
