import * as z from "@qmtl/core/zod";
import { dot, factor, type Square, solveFactored } from "./cholesky.ts";
import { meanOf } from "./covariance/moments.ts";

/** How the mean return per session is estimated. */
export const meansSchema = z.enum(["sample", "bayes-stein"]).default("bayes-stein");

export type MeansChoice = z.output<typeof meansSchema>;

export interface Means {
  readonly means: Float64Array;
  readonly figures: Readonly<Record<string, number>>;
}

/**
 * `sample`: the mean of the sessions. `bayes-stein`: shrunk toward the mean of the portfolio of least variance.
 *
 * @see Jorion (1986), Bayes-Stein Estimation for Portfolio Analysis
 * @param covariance positive definite
 */
export function estimateMeans(returns: readonly Float64Array[], covariance: Square, choice: MeansChoice): Means {
  const means = Float64Array.from(returns, meanOf);
  const { size } = covariance;
  if (choice === "sample" || size < 3) return { means, figures: {} };
  const lower = { size, values: covariance.values.slice() };
  if (!factor(lower)) return { means, figures: {} };
  const inverse = new Float64Array(size).fill(1);
  solveFactored(lower, inverse);
  const common = dot(inverse, means) / inverse.reduce((sum, value) => sum + value, 0);
  const away = means.map((mean) => mean - common);
  const scaled = away.slice();
  solveFactored(lower, scaled);
  const distance = dot(away, scaled);
  const periods = returns[0]?.length ?? 0;
  const shrinkage = (size + 2) / (size + 2 + periods * distance);
  return {
    means: means.map((mean) => (1 - shrinkage) * mean + shrinkage * common),
    figures: { mean_shrinkage: shrinkage },
  };
}
