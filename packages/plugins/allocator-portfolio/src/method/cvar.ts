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
  const { binding, gaveWay: notes, residual } = found;
  const shares = alike(task, found.shares);
  const cvar = cvarOf(returns, shares, part);
  return { shares, objective: cvar, binding, notes, figures: { cvar, kkt_residual: residual } };
}

/**
 * The optimum does not say how strategies share that are one and the same: they get the same. A mean of optima is one, as long as limits see
 * no difference between them.
 */
function alike({ returns, limits, held }: Task, shares: Float64Array): Float64Array {
  const same = (i: number, j: number): boolean =>
    held[i] === held[j] &&
    limits.every(({ at, rates }) => {
      const [a, b] = [at.indexOf(i), at.indexOf(j)];
      return a < 0 === b < 0 && rates?.[a] === rates?.[b];
    }) &&
    returns[i]!.every((value, t) => value === returns[j]![t]);
  const even = shares.slice();
  const seen = new Set<number>();
  for (let i = 0; i < shares.length; i++) {
    if (seen.has(i)) continue;
    const group = [i];
    for (let j = i + 1; j < shares.length; j++) if (returns[i]![0] === returns[j]![0] && same(i, j)) group.push(j);
    if (group.length === 1) continue;
    const mean = group.reduce((sum, k) => sum + shares[k]!, 0) / group.length;
    for (const k of group) {
      even[k] = mean;
      seen.add(k);
    }
  }
  return even;
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
