import { bestShares } from "../best-shares.ts";
import { square } from "../cholesky.ts";
import { type Answer, type Task, UNSOLVED } from "../task.ts";

/**
 * The least mean loss of the worst sessions, of which there are `1 - confidence`.
 *
 * @see Rockafellar & Uryasev (2000), Optimization of Conditional Value-at-Risk
 */
export function minimumCvar(task: Task, confidence: number): Answer {
  const { names, returns } = task;
  const part = 1 - confidence;
  const size = names.length;
  const found = bestShares({
    ...task,
    quadratic: square(size),
    linear: new Float64Array(size),
    tail: { returns, part },
    invest: "full",
  });
  if (found === undefined) return UNSOLVED;
  const { shares, binding, gaveWay: notes, residual } = found;
  const cvar = cvarOf(returns, shares, part);
  return { shares, objective: cvar, binding, notes, figures: { cvar, kkt_residual: residual } };
}

/** The mean loss of the worst part of the portfolio's sessions; of the last of them only what is left of the part counts. */
function cvarOf(returns: readonly Float64Array[], shares: Float64Array, part: number): number {
  const periods = returns[0]?.length ?? 0;
  const losses = Float64Array.from({ length: periods }, (_, t) =>
    returns.reduce((sum, series, i) => sum - shares[i]! * series[t]!, 0),
  ).sort();
  let left = part * periods;
  let sum = 0;
  for (let t = periods - 1; t >= 0 && left > 0; t--) {
    sum += Math.min(1, left) * losses[t]!;
    left -= 1;
  }
  return sum / (part * periods);
}
