import type { EvaluationInput, TrialReturns } from "@qmtl/core/plugin";
import * as z from "@qmtl/core/zod";
import { flawOf } from "@qmtl/evaluator-standard";

/** Trials side by side, the run's own among them. */
export interface TrialSet {
  readonly rows: readonly Float64Array[];
  /** Index of the run's own row. */
  readonly own: number;
  readonly periods: number;
  /** What it is made of, for people. */
  readonly basis: string;
}

export interface TrialDemand {
  readonly minTrials: number;
  readonly minPeriods: number;
}

/** Which trials an evaluator lays side by side. */
export const scopeSchema = z.enum(["strategy", "world"]).default("strategy");

/** The trials of an evaluation, or why there are none to judge by. */
export function trialSetOf(input: EvaluationInput, { minTrials, minPeriods }: TrialDemand): TrialSet | string {
  const flaw = flawOf(input);
  if (flaw !== undefined) return flaw;
  if (input.evidence === "declared") return "declared returns have no times by which to lay trials side by side";
  const { trialReturns } = input;
  if (trialReturns === undefined) return "the returns of the world's trials are not at hand";
  const { trials, times, scope } = trialReturns;
  const own = trials.findIndex(({ evalKey }) => evalKey === input.self);
  if (own === -1) return "the run itself is not among the trials whose returns are at hand";
  const left = leftOut(trialReturns);
  if (trials.length < minTrials)
    return `${counted(trials.length, "trial")} of the ${scope} ${trials.length === 1 ? "is" : "are"} too few: it takes ${minTrials}${left}`;
  if (times.length < minPeriods)
    return `${counted(times.length, "period")} that all ${trials.length} trials have are too few: it takes ${minPeriods}${left}`;
  return {
    rows: trials.map(({ returns }) => returns),
    own,
    periods: times.length,
    basis: `${counted(trials.length, "trial")} of the ${scope} over ${times.length} common periods${left}`,
  };
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function leftOut({ leftOut: { lost, apart, capped, declared } }: TrialReturns): string {
  const parts = [
    [lost, "whose returns were not kept"],
    [apart, "that share less than half of the run's periods"],
    [capped, "beyond the most that are read"],
    [declared, "that were declared"],
  ] as const;
  const said = parts.flatMap(([count, why]) => (count === 0 ? [] : [`${count} ${why}`]));
  return said.length === 0 ? "" : `; left out: ${said.join(", ")}`;
}
