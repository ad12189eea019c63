import { definePlugin, type EvaluationInput, type Evaluator, type MetricDescription } from "@qmtl/core/plugin";
import * as z from "@qmtl/core/zod";
import { combinatorialValidation } from "./cpcv.ts";
import { answer, type Evidence, thin } from "./evidence.ts";
import { quantileOf } from "./quantile.ts";
import { counted, scopeSchema, trialSetOf } from "./trial-set.ts";

const SOURCE = "Lopez de Prado (2018), Advances in Financial Machine Learning, chapter 12";

const METRICS: readonly MetricDescription[] = [
  {
    name: "cpcv_sharpe",
    formula:
      "mean over the paths of the Sharpe ratio, * sqrt(P); a path is the tests, once per group, of the trials with the best Sharpe ratio in their purged trainings",
    unit: "ratio per year",
    better: "higher",
    source: SOURCE,
  },
  {
    name: "cpcv_sharpe_deviation",
    formula: "sample standard deviation of the paths' Sharpe ratios, * sqrt(P)",
    unit: "ratio per year",
    better: "lower",
    source: SOURCE,
  },
  {
    name: "cpcv_sharpe_low",
    formula: "quantile of 0.05 of the Sharpe ratios of the splits' tests, * sqrt(P), linear interpolation",
    unit: "ratio per year",
    better: "higher",
    source: SOURCE,
  },
  {
    name: "cpcv_loss_probability",
    formula: "share of the splits whose chosen trial has a Sharpe ratio below 0 in the tests",
    unit: "probability",
    better: "lower",
    source: SOURCE,
  },
  { name: "cpcv_paths", formula: "C(groups - 1, testGroups - 1)", unit: "count", better: "neither", source: SOURCE },
];

const LOW = 0.05;

const config = z
  .strictObject({
    groups: z.int().min(3).max(16).default(10),
    testGroups: z.int().min(2).default(2),
    /** Periods after its own through which a return depends on what was decided in it. */
    labelHorizon: z.int().min(0).default(1),
    /** Further periods after a test that are not trained on. */
    embargo: z.int().min(0).default(5),
    minTrials: z.int().min(2).default(2),
    minGroupPeriods: z.int().min(2).default(20),
    of: scopeSchema,
  })
  .refine(({ groups, testGroups }) => testGroups < groups, {
    error: "must be less than groups: something has to be left to train on",
    path: ["testGroups"],
  });

/**
 * How a strategy fares in many histories when its trial is always chosen elsewhere: combinatorial purged cross-validation. The trials
 * stand as they were run; what is trained is the choice among them.
 */
export const crossValidation = definePlugin({
  kind: "evaluator",
  name: "@qmtl/evaluator-overfitting/cross-validation",
  version: "0.1.0",
  api: 1,
  use: "cross-validation",
  description: "Combinatorial purged cross-validation of the choice among the trials, with purge and embargo",
  config,
  setup: (_context, settings): Evaluator => ({
    metrics: METRICS,
    needs: { trialReturns: settings.of },
    evaluate: (input) => answer("cpcv_basis", METRICS, evidenceOf(input, settings)),
  }),
});

function evidenceOf(input: EvaluationInput, settings: z.output<typeof config>): Evidence {
  const { groups, testGroups, labelHorizon, embargo, minTrials, minGroupPeriods } = settings;
  const set = trialSetOf(input, { minTrials, minPeriods: groups * minGroupPeriods });
  if (typeof set === "string") return thin(set);
  const { paths, tests, leastTraining } = combinatorialValidation(set.rows, settings);
  if (leastTraining < minGroupPeriods)
    return thin(
      `purge and embargo leave ${counted(leastTraining, "period")} to train on in one of the splits: it takes ${minGroupPeriods}`,
    );
  const year = Math.sqrt(input.periodsPerYear);
  const mean = paths.reduce((sum, value) => sum + value, 0) / paths.length;
  const square = paths.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    kind: "found",
    figures: {
      cpcv_sharpe: mean * year,
      cpcv_sharpe_deviation: Math.sqrt(square / (paths.length - 1)) * year,
      cpcv_sharpe_low: quantileOf(tests.slice().sort(), LOW) * year,
      cpcv_loss_probability: tests.filter((value) => value < 0).length / tests.length,
      cpcv_paths: paths.length,
    },
    basis: `${counted(tests.length, "split")} of ${groups} groups, ${testGroups} of them tests, purged by ${labelHorizon} and ${embargo} more after a test; ${set.basis}`,
  };
}
