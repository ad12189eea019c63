import {
  definePlugin,
  type EvaluationInput,
  type Evaluator,
  type Figure,
  type MetricDescription,
} from "@qmtl/core/plugin";
import * as z from "@qmtl/core/zod";
import { figure, missing } from "@qmtl/evaluator-standard";
import { answer, type Evidence, thin } from "./evidence.ts";
import { counted, scopeSchema, trialSetOf } from "./trial-set.ts";
import { type Anchor, walk } from "./walk.ts";

const SOURCE = "Pardo (2008), The Evaluation and Optimization of Trading Strategies, chapter 11";
const TRAININGS: Readonly<Record<Anchor, string>> = {
  anchored: "trainings from the beginning of the history",
  rolling: "trainings of one length",
};
const ANCHORS = Object.keys(TRAININGS) as readonly Anchor[];

const METRICS: readonly MetricDescription[] = ANCHORS.flatMap((anchor): MetricDescription[] => [
  {
    name: `walk_forward_${anchor}_sharpe`,
    formula: `Sharpe ratio of the tests one after the other, * sqrt(P), each of the trial with the best Sharpe ratio in the training in front of it; ${TRAININGS[anchor]}`,
    unit: "ratio per year",
    better: "higher",
    source: SOURCE,
  },
  {
    name: `walk_forward_${anchor}_efficiency`,
    formula: `mean return per period of the chosen trials in their tests over that in their trainings, weighted by the tests' lengths; ${TRAININGS[anchor]}`,
    unit: "ratio",
    better: "higher",
    source: SOURCE,
  },
  {
    name: `walk_forward_${anchor}_gained`,
    formula: `share of the tests whose sum of returns is above 0; ${TRAININGS[anchor]}`,
    unit: "fraction",
    better: "higher",
    source: SOURCE,
  },
]);

const config = z.strictObject({
  /** Stretches in front of the first test. */
  train: z.int().min(1).max(100).default(4),
  /** Tests, each one stretch. */
  folds: z.int().min(2).max(500).default(8),
  /** Periods in front of a test that are not trained on. */
  labelHorizon: z.int().min(0).default(1),
  minTrials: z.int().min(2).default(2),
  minStretchPeriods: z.int().min(2).default(20),
  of: scopeSchema,
});

/**
 * How a strategy would have fared, had its trial always been chosen on the past alone. The trials stand as they were run; what walks
 * forward is the choice among them.
 */
export const walkForward = definePlugin({
  kind: "evaluator",
  name: "@qmtl/evaluator-overfitting/walk-forward",
  version: "0.1.0",
  api: 1,
  use: "walk-forward",
  description: "Walk-forward of the choice among the trials, anchored and rolling",
  config,
  setup: (_context, settings): Evaluator => ({
    metrics: METRICS,
    needs: { trialReturns: settings.of },
    evaluate: (input) => answer("walk_forward_basis", METRICS, evidenceOf(input, settings)),
  }),
});

function evidenceOf(input: EvaluationInput, settings: z.output<typeof config>): Evidence {
  const { train, folds, labelHorizon, minTrials, minStretchPeriods } = settings;
  const set = trialSetOf(input, { minTrials, minPeriods: (train + folds) * minStretchPeriods });
  if (typeof set === "string") return thin(set);
  const shortest = Math.floor((train * set.periods) / (train + folds)) - labelHorizon;
  if (shortest < minStretchPeriods)
    return thin(
      `the purge leaves ${counted(Math.max(0, shortest), "period")} in front of the first test: it takes ${minStretchPeriods}`,
    );
  const figures: Record<string, Figure> = {};
  for (const anchor of ANCHORS) {
    const { sharpe, efficiency, gained } = walk(set.rows, { anchor, train, folds, labelHorizon });
    figures[`walk_forward_${anchor}_sharpe`] = figure(sharpe * Math.sqrt(input.periodsPerYear));
    figures[`walk_forward_${anchor}_efficiency`] = Number.isNaN(efficiency)
      ? missing("the chosen trials gained nothing in their trainings")
      : figure(efficiency);
    figures[`walk_forward_${anchor}_gained`] = figure(gained);
  }
  return {
    kind: "found",
    figures,
    basis: `${counted(folds, "test")} after ${train} of ${train + folds} stretches, purged by ${labelHorizon}; ${set.basis}`,
  };
}
