import type { Figure } from "@qmtl/core/plugin";
import { figure, missing } from "./figure.ts";

/** Traded notional over average equity, per year. `turnover` is that of the whole run. */
export function yearlyTurnover(turnover: number, periods: number, periodsPerYear: number): Figure {
  return periods > 0 ? figure((turnover * periodsPerYear) / periods) : missing("there is no period");
}

/** Mean over all period ends of the absolute positions over the equity. */
export function meanExposure(exposure: Float64Array): Figure {
  if (exposure.length === 0) return missing("there is no period");
  return figure(exposure.reduce((sum, value) => sum + value, 0) / exposure.length);
}
