import { bestShares } from "../best-shares.ts";
import { dot, type Square, square, times } from "../cholesky.ts";
import { correlationOf } from "../covariance/moments.ts";
import { beyond } from "../limits.ts";
import { type Answer, type Task, UNSOLVED } from "../task.ts";
import { towards } from "./inverse-volatility.ts";

/** The least variance. */
export function minimumVariance(task: Task): Answer {
  return meanVariance(task, { means: new Float64Array(task.names.length), aversion: 1, invest: "full" });
}

/** The most of `means . x - aversion x' Q x / 2`, with the covariance of the task unless another is given. */
export function meanVariance(
  task: Task,
  of: {
    readonly means: Float64Array;
    readonly aversion: number;
    readonly invest: "full" | "at-most";
    readonly covariance?: Square;
  },
): Answer {
  const { size, values } = of.covariance ?? task.covariance;
  const quadratic = { size, values: values.map((value) => of.aversion * value) };
  const linear = of.means.map((mean) => -mean);
  const found = bestShares({ ...task, quadratic, linear, invest: of.invest });
  if (found === undefined) return UNSOLVED;
  const { shares, binding, gaveWay: notes, residual } = found;
  const objective = dot(shares, times(quadratic, shares)) / 2 + dot(linear, shares);
  return { shares, objective, binding, notes, figures: { kkt_residual: residual } };
}

/**
 * The highest ratio of the strategies' mean volatility to the portfolio's. Limits on changes are kept by going to the nearest shares.
 *
 * @see Choueifaty & Coignard (2008), Toward Maximum Diversification
 */
export function maximumDiversification(task: Task): Answer {
  const { covariance, deviations, limits, held } = task;
  const { size } = covariance;
  const mean = deviations.reduce((sum, deviation) => sum + deviation, 0) / size;
  // In units of the mean volatility, so that the ratio's scale is around 1.
  const ratio = deviations.map((deviation) => deviation / mean);
  const quadratic = square(size);
  const correlation = correlationOf(covariance, deviations);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      quadratic.values[i * size + j] = correlation.values[i * size + j]! * ratio[i]! * ratio[j]!;
  const found = bestShares({
    ...task,
    quadratic,
    linear: new Float64Array(size),
    ratio,
    invest: "full",
    limits: limits.filter(({ rates }) => rates === undefined),
  });
  if (found === undefined) return UNSOLVED;
  const figures = { kkt_residual: found.residual };
  if (limits.some((limit) => limit.rates !== undefined && beyond(limit, found.shares, held) > 0))
    return towards(task, found.shares, figures);
  const { shares, binding, gaveWay: notes } = found;
  const objective = dot(shares, times(quadratic, shares)) / dot(shares, ratio) ** 2 / 2;
  return { shares, objective, binding, notes, figures };
}
