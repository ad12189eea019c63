import type { EvaluationInput } from "../plugin/contract/evaluator.ts";
import { QmtlError } from "../schema/error.ts";

/**
 * Simple returns of a list of prices or equities, `(v[i] - v[i-1]) / v[i-1]`; one less than there are values.
 *
 * @throws `returns.too-short` with fewer than two values, `returns.invalid-value` at a value that is not finite or a base of 0
 * @example
 * pctChange([100, 101]); // Float64Array [0.01]
 */
export function pctChange(values: ArrayLike<number>): Float64Array {
  requireTwo(values.length, "value");
  for (let i = 0; i < values.length; i++) {
    const value: unknown = values[i];
    if (typeof value !== "number" || !Number.isFinite(value))
      refuseValue(`Value ${i} is ${String(value)}`, "Leave out what has no price, and pass finite numbers.");
    if (value === 0 && i + 1 < values.length)
      refuseValue(`Value ${i} is 0, and nothing returns on it`, "Begin where the values are above 0.");
  }
  const returns = new Float64Array(values.length - 1);
  for (let i = 1; i < values.length; i++) returns[i - 1] = (values[i]! - values[i - 1]!) / values[i - 1]!;
  return returns;
}

/** What an evaluation reads of a run, or of returns that somebody declared. */
export type EvaluationSeries = Pick<
  EvaluationInput,
  "times" | "equity" | "returns" | "exposure" | "turnover" | "trades" | "evidence"
>;

/**
 * Returns that the author states instead of having them derived: evidence `declared`. Equity grows from 1. What nobody declared stays
 * unknown: times, exposure and turnover are `NaN`, there are no trades.
 *
 * @throws `returns.too-short` with fewer than two, `returns.invalid-value` at one that is not a finite number above -1
 */
export function declaredReturns(returns: ArrayLike<number>): EvaluationSeries {
  requireTwo(returns.length, "return");
  const equity = new Float64Array(returns.length + 1);
  equity[0] = 1;
  for (let i = 0; i < returns.length; i++) {
    const value: unknown = returns[i];
    if (typeof value !== "number" || !Number.isFinite(value))
      refuseValue(`Return ${i} is ${String(value)}`, "Pass one finite number per period.");
    if (value <= -1)
      refuseValue(
        `Return ${i} is ${value}, and loses all there is`,
        "Pass simple returns as fractions: -0.02 for a loss of 2 %.",
      );
    equity[i + 1] = equity[i]! * (1 + value);
  }
  return {
    times: new Float64Array(returns.length).fill(Number.NaN),
    equity,
    returns: Float64Array.from(returns),
    exposure: new Float64Array(returns.length).fill(Number.NaN),
    turnover: Number.NaN,
    trades: [],
    evidence: "declared",
  };
}

function requireTwo(length: number, what: string): void {
  if (length >= 2) return;
  throw new QmtlError({
    code: "returns.too-short",
    message: `${length} ${what}${length === 1 ? "" : "s"} give nothing to evaluate`,
    next: "Pass at least two.",
  });
}

function refuseValue(message: string, next: string): never {
  throw new QmtlError({ code: "returns.invalid-value", message, next });
}
