import {
  definePlugin,
  type EvaluationInput,
  type Evaluator,
  type EvaluatorResult,
  type Figure,
} from "@qmtl/core/plugin";
import * as z from "@qmtl/core/zod";
import { deflatedBasis, enoughPeriods } from "./checks.ts";
import { missing } from "./figure.ts";
import { STANDARD_METRICS } from "./metrics.ts";
import { flawOf, sampleOf } from "./sample.ts";

export { meanExposure, yearlyTurnover } from "./activity.ts";
export { type Deflation, deflatedSharpe, deflation, expectedMaximumSharpe } from "./deflated-sharpe.ts";
export { maxDrawdown, timeUnderWater, ulcerIndex } from "./drawdown.ts";
export {
  type EquityLinearityV1,
  type EquityLinearityV2,
  equityLinearityV1,
  equityLinearityV2,
} from "./equity-linearity.ts";
export { figure, missing } from "./figure.ts";
export { gainToPain } from "./gain-to-pain.ts";
export { cagr, calmar, totalReturn } from "./growth.ts";
export { type Moments, moments } from "./moments.ts";
export { normalCdf, normalQuantile } from "./normal.ts";
export {
  minTrackRecordLength,
  probabilisticSharpe,
  type SharpeEstimate,
  sharpeVariance,
} from "./probabilistic-sharpe.ts";
export { flawOf } from "./sample.ts";
export { sharpe, sortino, volatility, withoutVariation } from "./sharpe.ts";
export { expectedShortfall, valueAtRisk } from "./tail.ts";
export { profitFactor, tradeCount, winRate } from "./trades.ts";

const config = z.strictObject({
  /** Runs with fewer periods are inconclusive. */
  minPeriods: z.int().min(2).default(20),
});

/** The standard metrics and checks of a world: figures with documented formulas, undefined with a reason instead of infinite. */
export default definePlugin({
  kind: "evaluator",
  name: "@qmtl/evaluator-standard",
  version: "0.1.0",
  api: 1,
  use: "standard",
  description: "Return, risk, trade and overfitting statistics with documented formulas",
  config,
  setup: (_context, { minPeriods }): Evaluator => ({
    metrics: STANDARD_METRICS.map(({ of: _of, ...description }) => description),
    evaluate: (input) => evaluateStandard(input, minPeriods),
  }),
});

function evaluateStandard(input: EvaluationInput, minPeriods: number): EvaluatorResult {
  const flaw = flawOf(input);
  const metrics: Record<string, Figure> = {};
  if (flaw !== undefined) {
    for (const { name } of STANDARD_METRICS) metrics[name] = missing(flaw);
    return { metrics, checks: { sound_input: { verdict: "fail", reason: `No metric can be had, because ${flaw}` } } };
  }
  const sample = sampleOf(input);
  for (const metric of STANDARD_METRICS) metrics[metric.name] = metric.of(sample);
  return {
    metrics,
    checks: {
      enough_periods: enoughPeriods(input.returns.length, minPeriods),
      deflated_basis: deflatedBasis(sample),
    },
  };
}
