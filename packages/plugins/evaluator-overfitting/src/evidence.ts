import type { EvaluatorResult, Figure, MetricDescription, Verdict } from "@qmtl/core/plugin";
import { figure, missing } from "@qmtl/evaluator-standard";

/** Figures by metric, and a sentence on what they rest on; or why there is too little to say anything. */
export type Evidence =
  | { readonly kind: "found"; readonly figures: Readonly<Record<string, number | Figure>>; readonly basis: string }
  | { readonly kind: "thin"; readonly because: string };

/** `because` completes "inconclusive, because …". */
export function thin(because: string): Evidence {
  return { kind: "thin", because };
}

/**
 * What an evaluator answers: with enough to go by the figures, and a check that passes and says what they rest on (gates judge the
 * figures); else no figure at all, and a check that is inconclusive and says what is missing.
 */
export function answer(check: string, metrics: readonly MetricDescription[], evidence: Evidence): EvaluatorResult {
  const verdict: Verdict =
    evidence.kind === "found"
      ? { verdict: "pass", reason: capital(evidence.basis) }
      : { verdict: "inconclusive", reason: capital(evidence.because) };
  const figures: Record<string, Figure> = {};
  for (const { name } of metrics)
    figures[name] = evidence.kind === "found" ? figureOf(evidence.figures[name]) : missing(evidence.because);
  return { metrics: figures, checks: { [check]: verdict } };
}

function figureOf(value: number | Figure | undefined): Figure {
  if (typeof value === "object") return value;
  return value === undefined ? missing("it was not worked out") : figure(value);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
