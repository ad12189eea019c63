import * as z from "@qmtl/core/zod";
import { dot, factor, type Square, solveFactored, square, times } from "../cholesky.ts";
import type { Answer, Task } from "../task.ts";
import { meanVariance } from "./quadratic.ts";

const strategy = z.string().min(1);

export const viewsSchema = z.strictObject({
  /** What somebody believes: a sum of strategies (`{ a: 1 }`, `{ a: 1, b: -1 }`) returns so much a year. */
  views: z
    .array(
      z.strictObject({
        of: z.record(strategy, z.number()).refine((of) => Object.values(of).some((weight) => weight !== 0), {
          error: "must name a strategy with a weight that is not 0",
        }),
        yearly: z.number().gt(-10).lt(10),
        /** 0 excluded: nothing believed; 1: certain. */
        confidence: z.number().gt(0).max(1),
      }),
    )
    .default([]),
  /** What the shares would be without views, in proportion; a strategy that is not named counts 1. */
  prior: z.record(strategy, z.number().gt(0)).default({}),
  aversion: z.number().gt(0).default(2.5),
  tau: z.number().gt(0).max(1).default(0.05),
  /** Sessions of a year. */
  periodsPerYear: z.number().gt(0).default(252),
});

export type ViewsChoice = z.output<typeof viewsSchema>;

/**
 * Means that the prior shares imply, moved by views, then the most of mean less variance. Without views these are the prior shares.
 *
 * @see Black & Litterman (1992), Global Portfolio Optimization
 * @see Idzorek (2005), A Step-by-Step Guide to the Black-Litterman Model, for confidences
 */
export function blackLitterman(task: Task, choice: ViewsChoice): Answer {
  const { names, covariance } = task;
  const { aversion, tau } = choice;
  const given = Float64Array.from(names, (name) => (Object.hasOwn(choice.prior, name) ? choice.prior[name]! : 1));
  const total = given.reduce((sum, weight) => sum + weight, 0);
  const implied = times(covariance, given).map((value) => (aversion * value) / total);
  const notes: string[] = [];
  const views = choice.views.filter(({ of }) => {
    const absent = Object.keys(of).filter((name) => of[name] !== 0 && !names.includes(name));
    if (absent.length > 0) notes.push(`A view on ${absent.join(", ")} does not count: not active`);
    return absent.length === 0;
  });
  const posterior = withViews(
    covariance,
    implied,
    views.map(({ of, yearly, confidence }) => ({
      picks: Float64Array.from(names, (name) => (Object.hasOwn(of, name) ? of[name]! : 0)),
      mean: yearly / choice.periodsPerYear,
      doubt: 1 / confidence - 1,
    })),
    tau,
  );
  if (posterior === undefined) return "the views contradict each other with certainty";
  const answer = meanVariance(task, { means: posterior, aversion, invest: "full" });
  if (typeof answer === "string") return answer;
  return { ...answer, notes: [...notes, ...answer.notes], figures: { ...answer.figures, views: views.length } };
}

interface View {
  readonly picks: Float64Array;
  readonly mean: number;
  /** Variance of the view's error, as a multiple of that of its estimate. */
  readonly doubt: number;
}

/** The means after the views; undefined when certain views contradict each other. */
function withViews(
  covariance: Square,
  implied: Float64Array,
  views: readonly View[],
  tau: number,
): Float64Array | undefined {
  const count = views.length;
  const columns = views.map(({ picks }) => times(covariance, picks).map((value) => tau * value));
  const spread = square(count);
  views.forEach(({ picks, doubt }, i) => {
    columns.forEach((column, j) => {
      spread.values[i * count + j] = dot(picks, column) * (i === j ? 1 + doubt : 1);
    });
  });
  // Each view in units of its own deviation, so that a pivot near 0 means a contradiction.
  const deviations = Float64Array.from(views, (_, i) => Math.sqrt(spread.values[i * count + i]!));
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++) spread.values[i * count + j]! /= deviations[i]! * deviations[j]!;
  if (!factor(spread, 1e-10)) return undefined;
  const surprise = Float64Array.from(views, ({ picks, mean }, i) => (mean - dot(picks, implied)) / deviations[i]!);
  solveFactored(spread, surprise);
  return implied.map((value, i) =>
    columns.reduce((sum, column, k) => sum + (column[i]! * surprise[k]!) / deviations[k]!, value),
  );
}
