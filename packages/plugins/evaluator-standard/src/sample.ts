import type { EvaluationInput } from "@qmtl/core/plugin";
import { type Deflation, deflation } from "./deflated-sharpe.ts";
import { type Moments, moments } from "./moments.ts";
import type { SharpeEstimate } from "./probabilistic-sharpe.ts";
import { withoutVariation } from "./sharpe.ts";

/** An evaluation's input, and what several metrics need of it, worked out once. */
export interface Sample {
  readonly input: EvaluationInput;
  readonly moments: Moments;
  /** Or why there is no Sharpe ratio. */
  readonly estimate: SharpeEstimate | string;
  readonly deflation: Deflation | string;
}

export function sampleOf(input: EvaluationInput): Sample {
  const shape = moments(input.returns);
  const estimate = withoutVariation(shape) ?? {
    sharpe: shape.mean / shape.deviation,
    skew: shape.skew,
    kurtosis: shape.kurtosis,
  };
  return {
    input,
    moments: shape,
    estimate,
    deflation: typeof estimate === "string" ? estimate : deflation(estimate, shape.count, input),
  };
}

/**
 * Why no metric can be had from this input, if so: an array that holds a value that is not finite, or that does not fit. Of declared
 * returns nobody knows exposure and turnover.
 */
export function flawOf(input: EvaluationInput): string | undefined {
  const { returns, equity, exposure, turnover, periodsPerYear } = input;
  const declared = input.evidence === "declared";
  if (!(periodsPerYear > 0 && periodsPerYear < Number.POSITIVE_INFINITY))
    return `${periodsPerYear} is no number of periods per year`;
  if (equity.length !== returns.length + 1)
    return `${returns.length} returns need ${returns.length + 1} equity values, and there are ${equity.length}`;
  for (const [name, values] of [
    ["return", returns],
    ["equity", equity],
    ["exposure", declared ? [] : exposure],
  ] as const) {
    const at = values.findIndex((value) => !Number.isFinite(value));
    if (at !== -1) return `the ${name} of period ${at} is ${values[at]}`;
  }
  return declared || Number.isFinite(turnover) ? undefined : `the turnover is ${turnover}`;
}
