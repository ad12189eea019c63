import type { Figure } from "@qmtl/core/plugin";
import { figure, missing } from "./figure.ts";
import { type Moments, moments } from "./moments.ts";

/** Why a ratio over the standard deviation has no value, if so. */
export function withoutVariation(shape: Moments): string | undefined {
  if (shape.count < 2) return `${shape.count} returns are too few for a standard deviation`;
  if (!shape.varies) return "the returns do not vary";
  return undefined;
}

/**
 * Mean over sample standard deviation (ddof 1) of per-period returns, no risk-free rate, times the root of the periods in a year.
 *
 * @see Sharpe (1994), "The Sharpe Ratio", Journal of Portfolio Management 21(1)
 * @example
 * sharpe(Float64Array.of(0.01, -0.02, 0.03), 252); // { kind: "value", value: 4.2 }, about
 */
export function sharpe(returns: Float64Array, periodsPerYear: number): Figure {
  const shape = moments(returns);
  const because = withoutVariation(shape);
  return because === undefined ? figure((shape.mean / shape.deviation) * Math.sqrt(periodsPerYear)) : missing(because);
}

/** Sample standard deviation (ddof 1) times the root of the periods in a year. */
export function volatility(returns: Float64Array, periodsPerYear: number): Figure {
  if (returns.length < 2) return missing(`${returns.length} returns are too few for a standard deviation`);
  return figure(moments(returns).deviation * Math.sqrt(periodsPerYear));
}

/**
 * Mean over downside deviation, annualised like {@link sharpe}. The target is 0; the downside deviation is the root of the mean,
 * over all periods, of the squares of the negative returns.
 *
 * @see Sortino & Price (1994), "Performance Measurement in a Downside Risk Framework", Journal of Investing 3(3)
 */
export function sortino(returns: Float64Array, periodsPerYear: number): Figure {
  if (returns.length === 0) return missing("there are no returns");
  let sum = 0;
  let squares = 0;
  for (const value of returns) {
    sum += value;
    if (value < 0) squares += value * value;
  }
  if (squares === 0) return missing("no period lost");
  return figure((sum / returns.length / Math.sqrt(squares / returns.length)) * Math.sqrt(periodsPerYear));
}

/** The halves of a run: the first has floor(n/2) periods, the second the rest. */
export function halves(returns: Float64Array): readonly [Float64Array, Float64Array] {
  const middle = Math.floor(returns.length / 2);
  return [returns.subarray(0, middle), returns.subarray(middle)];
}
