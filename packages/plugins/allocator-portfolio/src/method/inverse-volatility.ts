import { nearest } from "../nearest.ts";
import { type Answer, type Task, UNSOLVED } from "../task.ts";

/** Shares that are proportional to one over each strategy's volatility. */
export function inverseVolatility(task: Task): Answer {
  const inverse = task.deviations.map((deviation) => 1 / deviation);
  return towards(task, proportional(inverse, task.budget));
}

/** The budget in these proportions. */
export function proportional(weights: Float64Array, budget: number): Float64Array {
  // Proportions may be as far apart as doubles are: the largest becomes 1 first.
  const largest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  const even = weights.map((weight) => weight / largest);
  const total = even.reduce((sum, weight) => sum + weight, 0);
  const shares = even.map((weight) => (budget * weight) / total);
  const sum = shares.reduce((a, b) => a + b, 0);
  return sum > budget ? shares.map((share) => share * (budget / sum)) : shares;
}

/** Shares of a closed form, or those within the limits that are nearest to them. */
export function towards(
  task: Pick<Task, "limits" | "held" | "budget">,
  wanted: Float64Array,
  figures: Readonly<Record<string, number>> = {},
): Answer {
  const found = nearest(wanted, task);
  if (found === undefined) return UNSOLVED;
  const { shares, binding, gaveWay: notes, residual } = found;
  const objective = shares.reduce((sum, share, i) => sum + (share - wanted[i]!) ** 2, 0) / 2;
  return { shares, objective, binding, notes, figures: { ...figures, kkt_residual: residual } };
}
