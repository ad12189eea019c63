import * as z from "@qmtl/core/zod";
import type { Square } from "../cholesky.ts";
import { denoisedCovariance } from "./denoised.ts";
import { ewmaCovariance } from "./ewma.ts";
import { shrinkToConstantCorrelation, shrinkToIdentity } from "./ledoit-wolf.ts";
import { sampleCovariance } from "./sample.ts";

/** How the covariance is estimated. */
export const covarianceSchema = z
  .discriminatedUnion("estimator", [
    z.strictObject({ estimator: z.literal("sample") }),
    z.strictObject({
      estimator: z.literal("ledoit-wolf"),
      target: z.enum(["constant-correlation", "identity"]).default("constant-correlation"),
    }),
    /** In sessions. */
    z.strictObject({ estimator: z.literal("ewma"), halfLife: z.number().gt(0).default(63) }),
    z.strictObject({ estimator: z.literal("denoised") }),
  ])
  .prefault({ estimator: "ledoit-wolf" });

export type CovarianceChoice = z.output<typeof covarianceSchema>;

export interface Estimate {
  readonly covariance: Square;
  /** What the estimator found: `shrinkage` (weight of the target), `signals` (eigenvalues above noise). */
  readonly figures: Readonly<Record<string, number>>;
}

export function estimateCovariance(series: readonly Float64Array[], choice: CovarianceChoice): Estimate {
  switch (choice.estimator) {
    case "sample":
      return { covariance: sampleCovariance(series), figures: {} };
    case "ewma":
      return { covariance: ewmaCovariance(series, choice.halfLife), figures: {} };
    case "denoised": {
      const { covariance, signals } = denoisedCovariance(series);
      return { covariance, figures: { signals } };
    }
    case "ledoit-wolf": {
      const shrink = choice.target === "identity" ? shrinkToIdentity : shrinkToConstantCorrelation;
      const { covariance, shrinkage } = shrink(series);
      return { covariance, figures: { shrinkage } };
    }
  }
}
