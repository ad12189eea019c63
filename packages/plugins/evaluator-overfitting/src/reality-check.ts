import { definePlugin, type EvaluationInput, type Evaluator, type MetricDescription } from "@qmtl/core/plugin";
import * as z from "@qmtl/core/zod";
import { blockLengthOf, blockSchema } from "./block-length.ts";
import { answer, type Evidence, thin } from "./evidence.ts";
import { maxStatistic } from "./max-statistic.ts";
import { keyOf } from "./philox.ts";
import { scopeSchema, trialSetOf } from "./trial-set.ts";

const WHITE = "White (2000), A Reality Check for Data Snooping";
const HANSEN = "Hansen (2005), A Test for Superior Predictive Ability";
const SHARE = "(1 + resamples at or above) / (1 + resamples)";

const METRICS: readonly MetricDescription[] = [
  {
    name: "reality_check_p",
    formula: `${SHARE} of max over trials of sqrt(T) * mean(r - benchmark), resamples centred on each trial's mean`,
    unit: "probability",
    better: "lower",
    source: WHITE,
  },
  {
    name: "spa_p",
    formula: `${SHARE} of max(0, max over trials of sqrt(T) * mean(r - benchmark) / long-run deviation); resamples centred on the mean, but on 0 for trials below -sqrt(2 log log T)`,
    unit: "probability",
    better: "lower",
    source: HANSEN,
  },
  {
    name: "spa_p_lower",
    formula: "spa_p with resamples centred on max(0, mean)",
    unit: "probability",
    better: "lower",
    source: HANSEN,
  },
  {
    name: "spa_p_upper",
    formula: "spa_p with resamples centred on the mean for every trial",
    unit: "probability",
    better: "lower",
    source: HANSEN,
  },
  {
    name: "spa_own_p",
    formula: `${SHARE} of the run's own sqrt(T) * mean(r - benchmark) / long-run deviation among the maxima of spa_p: adjusted for all trials`,
    unit: "probability",
    better: "lower",
    source: "Westfall & Young (1993), Resampling-Based Multiple Testing, single-step maxT",
  },
  { name: "reality_check_trials", formula: "trials", unit: "count", better: "neither" },
  {
    name: "reality_check_block_length",
    formula: "mean block length: stated, or the median over the trials of those chosen from their autocorrelations",
    unit: "periods",
    better: "neither",
    source: "Politis & White (2004), corrected by Patton, Politis & White (2009)",
  },
];

const config = z.strictObject({
  /** Simple return per year that a trial has to beat, spread evenly over the periods. */
  benchmark: z.number().gt(-1).default(0),
  resamples: z.int().min(100).max(20_000).default(1_000),
  block: blockSchema,
  /** A single trial is tested like any mean. */
  minTrials: z.int().min(1).default(1),
  minPeriods: z.int().min(20).default(100),
  of: scopeSchema,
});

/** Whether the best of all that was tried beats the benchmark by more than luck: White's reality check and Hansen's SPA. */
export const realityCheck = definePlugin({
  kind: "evaluator",
  name: "@qmtl/evaluator-overfitting/reality-check",
  version: "0.1.0",
  api: 1,
  use: "reality-check",
  description: "White's reality check and Hansen's test of superior predictive ability over the trials",
  config,
  setup: (_context, settings): Evaluator => ({
    metrics: METRICS,
    needs: { trialReturns: settings.of },
    evaluate: (input) => answer("reality_check_basis", METRICS, evidenceOf(input, settings)),
  }),
});

function evidenceOf(input: EvaluationInput, settings: z.output<typeof config>): Evidence {
  const { benchmark, resamples, block, minTrials, minPeriods } = settings;
  const set = trialSetOf(input, { minTrials, minPeriods });
  if (typeof set === "string") return thin(set);
  const hurdle = benchmark / input.periodsPerYear;
  const excess = set.rows.map((row) => row.map((value) => value - hurdle));
  const blockLength = blockLengthOf(block, excess);
  const found = maxStatistic(excess, { own: set.own, blockLength, resamples, key: keyOf(set.rows[set.own]!) });
  return {
    kind: "found",
    figures: {
      reality_check_p: found.realityCheck,
      spa_p: found.consistent,
      spa_p_lower: found.lower,
      spa_p_upper: found.upper,
      spa_own_p: found.own,
      reality_check_trials: set.rows.length,
      reality_check_block_length: blockLength,
    },
    basis: `${resamples} resamples in blocks of ${blockLength.toPrecision(3)} on average; ${set.basis}`,
  };
}
