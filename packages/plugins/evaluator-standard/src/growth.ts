import type { Figure } from "@qmtl/core/plugin";
import { maxDrawdown } from "./drawdown.ts";
import { figure, missing, withValue } from "./figure.ts";

/** Final over starting equity, minus 1. `equity` begins with the starting equity. */
export function totalReturn(equity: Float64Array): Figure {
  if (equity.length < 2) return missing("there is no period");
  const start = equity[0]!;
  return start > 0 ? figure(equity.at(-1)! / start - 1) : missing("the starting equity is not above zero");
}

/** Compound growth per year: (final / starting equity) ^ (periods per year / periods) - 1. */
export function cagr(equity: Float64Array, periodsPerYear: number): Figure {
  return withValue(totalReturn(equity), (total) =>
    total > -1
      ? figure((1 + total) ** (periodsPerYear / (equity.length - 1)) - 1)
      : missing("the equity ended at or below zero"),
  );
}

/**
 * Compound growth per year over the deepest drawdown, both over the whole run.
 *
 * @see Young (1991), "Calmar Ratio: A Smoother Tool", Futures 20(1), there over 36 months
 */
export function calmar(equity: Float64Array, periodsPerYear: number): Figure {
  return withValue(cagr(equity, periodsPerYear), (growth) =>
    withValue(maxDrawdown(equity), (depth) =>
      depth > 0 ? figure(growth / depth) : missing("the equity never fell below its peak"),
    ),
  );
}
