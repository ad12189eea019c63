import type { Figure } from "@qmtl/core/plugin";
import { figure, missing } from "./figure.ts";

/**
 * Sum of all returns over the absolute sum of the negative ones.
 *
 * @see Schwager (2012), "Hedge Fund Market Wizards", appendix A, there over monthly returns
 */
export function gainToPain(returns: Float64Array): Figure {
  let sum = 0;
  let losses = 0;
  for (const value of returns) {
    sum += value;
    if (value < 0) losses -= value;
  }
  return losses > 0 ? figure(sum / losses) : missing("no period lost");
}
