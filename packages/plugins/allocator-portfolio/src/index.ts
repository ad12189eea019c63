/** Allocators that look at how the returns of strategies move together. A world names one: `allocator: { use: risk-parity }`. */
import * as z from "@qmtl/core/zod";
import { estimateMeans, meansSchema } from "./means.ts";
import { blackLitterman as solveViews, viewsSchema } from "./method/black-litterman.ts";
import { minimumCvar as solveCvar } from "./method/cvar.ts";
import { hierarchicalRiskParity as solveHierarchy } from "./method/hierarchical.ts";
import { inverseVolatility as solveInverse } from "./method/inverse-volatility.ts";
import {
  maximumDiversification as solveDiversification,
  meanVariance as solveMeanVariance,
  minimumVariance as solveVariance,
} from "./method/quadratic.ts";
import { riskParity as solveParity } from "./method/risk-parity.ts";
import { commonShape, portfolioAllocator } from "./portfolio.ts";
import type { Answer, Task } from "./task.ts";

/** Shares in proportion to one over volatility. */
export const inverseVolatility = portfolioAllocator({
  use: "inverse-volatility",
  description: "Shares in proportion to one over volatility",
  config: z.strictObject(commonShape),
  definite: false,
  solve: solveInverse,
});

/** Every strategy contributes its part of the risk: equal parts, or as `budgets` says. */
export const riskParity = portfolioAllocator({
  use: "risk-parity",
  description: "Equal or budgeted contributions to the portfolio's risk",
  config: z.strictObject({
    ...commonShape,
    /** Parts of the risk by strategy, in proportion; one that is not named counts 1. */
    budgets: z.record(z.string().min(1), z.number().min(1e-6).max(1e6)).default({}),
  }),
  definite: false,
  solve: (task, { budgets }) => solveParity(task, budgets),
});

/** Hierarchical risk parity. */
export const hierarchicalRiskParity = portfolioAllocator({
  use: "hierarchical-risk-parity",
  description: "Inverse variance along a tree of correlations",
  config: z.strictObject({ ...commonShape, linkage: z.enum(["single", "complete", "average"]).default("single") }),
  definite: false,
  solve: (task, { linkage }) => solveHierarchy(task, linkage),
});

/** The least variance. */
export const minimumVariance = portfolioAllocator({
  use: "minimum-variance",
  description: "The least variance",
  config: z.strictObject(commonShape),
  definite: true,
  solve: solveVariance,
});

/** The most of mean return less variance. */
export const meanVariance = portfolioAllocator({
  use: "mean-variance",
  description: "The most of mean return less variance",
  config: z.strictObject({
    ...commonShape,
    means: meansSchema,
    /** Of `mean - aversion * variance / 2`. */
    aversion: z.number().gt(0).default(5),
  }),
  definite: true,
  solve: (task, { means, aversion }) =>
    withMeans(task, means, (estimated) => solveMeanVariance(task, { means: estimated, aversion, invest: "full" })),
});

/** The highest ratio of the strategies' mean volatility to the portfolio's. */
export const maximumDiversification = portfolioAllocator({
  use: "maximum-diversification",
  description: "The highest ratio of mean volatility to portfolio volatility",
  config: z.strictObject(commonShape),
  definite: true,
  solve: solveDiversification,
});

/** The least mean loss of the worst sessions. */
export const minimumCvar = portfolioAllocator({
  use: "minimum-cvar",
  description: "The least mean loss of the worst sessions",
  config: z.strictObject({ ...commonShape, confidence: z.number().min(0.5).max(0.999).default(0.95) }),
  definite: false,
  solve: (task, { confidence }) => solveCvar(task, confidence),
});

/**
 * The growth-optimal shares times a fraction, to second order: the most of `fraction * mean - variance / 2`. What is not worth its risk
 * stays cash.
 */
export const fractionalKelly = portfolioAllocator({
  use: "fractional-kelly",
  description: "A fraction of the shares of the highest growth",
  config: z.strictObject({ ...commonShape, means: meansSchema, fraction: z.number().gt(0).max(1).default(0.5) }),
  definite: true,
  solve: (task, { means, fraction }) =>
    withMeans(task, means, (estimated) =>
      solveMeanVariance(task, {
        means: estimated.map((mean) => fraction * mean),
        aversion: 1,
        invest: "at-most",
      }),
    ),
});

/** Views blended with what prior shares imply. */
export const blackLitterman = portfolioAllocator({
  use: "black-litterman",
  description: "Views blended with what prior shares imply",
  config: z.strictObject({ ...commonShape, ...viewsSchema.shape }),
  definite: true,
  solve: (task, choice) => solveViews(task, choice),
});

function withMeans(task: Task, choice: z.output<typeof meansSchema>, solve: (means: Float64Array) => Answer): Answer {
  const { means, figures } = estimateMeans(task.returns, task.covariance, choice);
  const answer = solve(means);
  return typeof answer === "string" ? answer : { ...answer, figures: { ...figures, ...answer.figures } };
}
