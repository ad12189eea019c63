import { definePlugin, type EvaluationInput, type Evaluator, type MetricDescription } from "@qmtl/core/plugin";
import * as z from "@qmtl/core/zod";
import { symmetricValidation } from "./cscv.ts";
import { answer, type Evidence, thin } from "./evidence.ts";
import { counted, scopeSchema, trialSetOf } from "./trial-set.ts";

const SOURCE = "Bailey, Borwein, Lopez de Prado & Zhu (2017), The Probability of Backtest Overfitting";

const METRICS: readonly MetricDescription[] = [
  {
    name: "pbo",
    formula:
      "share of the splits of S blocks into halves in which the trial with the best Sharpe ratio of one half has logit(rank / (N + 1)) <= 0 in the other",
    unit: "probability",
    better: "lower",
    source: SOURCE,
  },
  {
    name: "pbo_loss_probability",
    formula: "share of these splits in which the chosen trial's Sharpe ratio in the other half is below 0",
    unit: "probability",
    better: "lower",
    source: SOURCE,
  },
  {
    name: "pbo_degradation_slope",
    formula:
      "slope of the chosen trial's Sharpe ratio in the other half over the one in the half it was chosen in, least squares",
    unit: "ratio",
    better: "higher",
    source: SOURCE,
  },
  {
    name: "pbo_sharpe_in_sample",
    formula: "mean over the splits of the chosen trial's Sharpe ratio where it was chosen, * sqrt(P)",
    unit: "ratio per year",
    better: "neither",
  },
  {
    name: "pbo_sharpe_out_of_sample",
    formula: "mean over the splits of the chosen trial's Sharpe ratio in the other half, * sqrt(P)",
    unit: "ratio per year",
    better: "higher",
  },
  { name: "pbo_trials", formula: "N", unit: "count", better: "neither" },
];

const config = z.strictObject({
  /** S, even. There are C(S, S / 2) splits: 12,870 of 16. */
  blocks: z.int().min(4).max(20).multipleOf(2).default(16),
  /** With fewer trials a rank says little. */
  minTrials: z.int().min(2).default(10),
  minBlockPeriods: z.int().min(2).default(8),
  of: scopeSchema,
});

/** How likely the choice of the best trial is a choice of luck: PBO by combinatorially symmetric cross-validation. */
export const pbo = definePlugin({
  kind: "evaluator",
  name: "@qmtl/evaluator-overfitting/pbo",
  version: "0.1.0",
  api: 1,
  use: "pbo",
  description: "Probability of backtest overfitting, by combinatorially symmetric cross-validation over the trials",
  config,
  setup: (_context, settings): Evaluator => ({
    metrics: METRICS,
    needs: { trialReturns: settings.of },
    evaluate: (input) => answer("pbo_basis", METRICS, evidenceOf(input, settings)),
  }),
});

function evidenceOf(input: EvaluationInput, { blocks, minTrials, minBlockPeriods }: z.output<typeof config>): Evidence {
  const set = trialSetOf(input, { minTrials, minPeriods: blocks * minBlockPeriods });
  if (typeof set === "string") return thin(set);
  const found = symmetricValidation(set.rows, blocks);
  const year = Math.sqrt(input.periodsPerYear);
  return {
    kind: "found",
    figures: {
      pbo: found.overfitting,
      pbo_loss_probability: found.loss,
      pbo_degradation_slope: found.slope,
      pbo_sharpe_in_sample: found.inSample * year,
      pbo_sharpe_out_of_sample: found.outOfSample * year,
      pbo_trials: set.rows.length,
    },
    basis: `${counted(found.splits, "split")} of ${blocks} blocks; ${set.basis}`,
  };
}
