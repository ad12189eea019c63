import { definePlugin, type EvaluationInput, type Evaluator, type MetricDescription } from "@qmtl/core/plugin";
import * as z from "@qmtl/core/zod";
import { flawOf } from "@qmtl/evaluator-standard";
import { blockLengthOf, blockSchema } from "./block-length.ts";
import { answer, type Evidence, thin } from "./evidence.ts";
import { keyOf } from "./philox.ts";
import { quantileOf } from "./quantile.ts";
import { resampledFigures } from "./resampled-figures.ts";
import { counted } from "./trial-set.ts";

const SOURCE = "Politis & Romano (1994), The Stationary Bootstrap";
const TAIL = "(1 - confidence) / 2";

const METRICS: readonly MetricDescription[] = [
  {
    name: "bootstrap_sharpe_low",
    formula: `quantile of ${TAIL} of the resamples' Sharpe ratios, * sqrt(P)`,
    unit: "ratio per year",
    better: "higher",
    source: SOURCE,
  },
  {
    name: "bootstrap_sharpe_high",
    formula: `quantile of 1 - ${TAIL} of the resamples' Sharpe ratios, * sqrt(P)`,
    unit: "ratio per year",
    better: "higher",
    source: SOURCE,
  },
  {
    name: "bootstrap_return_low",
    formula: `quantile of ${TAIL} of the resamples' mean returns, * P`,
    unit: "fraction per year",
    better: "higher",
    source: SOURCE,
  },
  {
    name: "bootstrap_return_high",
    formula: `quantile of 1 - ${TAIL} of the resamples' mean returns, * P`,
    unit: "fraction per year",
    better: "higher",
    source: SOURCE,
  },
  {
    name: "bootstrap_drawdown_high",
    formula: "quantile of confidence of the resamples' deepest drawdowns",
    unit: "fraction",
    better: "lower",
    source: SOURCE,
  },
  {
    name: "bootstrap_block_length",
    formula: "mean length of the stretches that resamples are made of: stated, or chosen from the autocorrelation of r",
    unit: "periods",
    better: "neither",
    source: "Politis & White (2004), corrected by Patton, Politis & White (2009)",
  },
];

const config = z.strictObject({
  resamples: z.int().min(100).max(20_000).default(2_000),
  confidence: z.number().gt(0.5).lt(1).default(0.95),
  block: blockSchema,
  minPeriods: z.int().min(20).default(60),
});

/** Where the figures of a run could as well have come out: percentile intervals of the stationary bootstrap. */
export const bootstrap = definePlugin({
  kind: "evaluator",
  name: "@qmtl/evaluator-overfitting/bootstrap",
  version: "0.1.0",
  api: 1,
  use: "bootstrap",
  description: "Confidence intervals of Sharpe ratio, return and drawdown by the stationary bootstrap",
  config,
  setup: (_context, settings): Evaluator => ({
    metrics: METRICS,
    evaluate: (input) => answer("bootstrap_basis", METRICS, evidenceOf(input, settings)),
  }),
});

function evidenceOf(
  input: EvaluationInput,
  { resamples, confidence, block, minPeriods }: z.output<typeof config>,
): Evidence {
  const { returns, periodsPerYear } = input;
  const flaw = flawOf(input);
  if (flaw !== undefined) return thin(flaw);
  if (returns.length < minPeriods)
    return thin(`${counted(returns.length, "period")} are too few to resample: it takes ${minPeriods}`);
  const blockLength = blockLengthOf(block, [returns]);
  const found = resampledFigures(returns, { blockLength, resamples, key: keyOf(returns) });
  const tail = (1 - confidence) / 2;
  const year = Math.sqrt(periodsPerYear);
  return {
    kind: "found",
    figures: {
      bootstrap_sharpe_low: quantileOf(found.sharpe, tail) * year,
      bootstrap_sharpe_high: quantileOf(found.sharpe, 1 - tail) * year,
      bootstrap_return_low: quantileOf(found.mean, tail) * periodsPerYear,
      bootstrap_return_high: quantileOf(found.mean, 1 - tail) * periodsPerYear,
      bootstrap_drawdown_high: quantileOf(found.drawdown, confidence),
      bootstrap_block_length: blockLength,
    },
    basis: `${resamples} resamples of ${returns.length} periods in blocks of ${blockLength.toPrecision(3)} on average, at ${confidence}`,
  };
}
