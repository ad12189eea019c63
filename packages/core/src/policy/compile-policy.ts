import type { MetricDescription } from "../plugin/contract/evaluator.ts";
import { QmtlError } from "../schema/error.ts";
import { type Expression, type ExpressionFault, type ExpressionType, parseExpression } from "./expression.ts";
import type { Policy } from "./policy.ts";

/** An expression of a policy with the metrics it reads. */
export interface CompiledExpression {
  readonly text: string;
  readonly expression: Expression;
  readonly metrics: readonly string[];
}

export interface CompiledGate extends CompiledExpression {
  readonly name: string;
}

/** A policy whose expressions were read and checked. Plain data. */
export interface CompiledPolicy {
  readonly policy: Policy;
  readonly gates: readonly CompiledGate[];
  readonly score: CompiledExpression;
}

interface PolicyFault {
  readonly code: string;
  readonly message: string;
  readonly next: string;
  /** Keys from the policy down to the value. */
  readonly path: readonly string[];
  /** Of an expression's first wrong character, from 0. */
  readonly offset?: number;
}

/**
 * What is wrong with one expression, so that whoever reads a policy from a file can point into its text.
 *
 * @example
 * expressionFaults({ kind: "gate", text: "sharp > 1" }, metrics); // [{ code: "policy.unknown-metric", offset: 0, length: 5, … }]
 */
export function expressionFaults(
  { kind, text }: { readonly kind: "gate" | "score"; readonly text: string },
  metrics: readonly MetricDescription[],
): readonly ExpressionFault[] {
  const parsed = parseExpression(text, TYPE[kind], namesOf(metrics));
  return parsed.kind === "faulty" ? parsed.faults : [];
}

/**
 * Reads and checks a policy against the metrics that the world's evaluators give.
 *
 * @throws `policy.invalid`: its `details` hold one error per mistake, with `place.path` (`policy.gates.trades`)
 */
export function compilePolicy(policy: Policy, metrics: readonly MetricDescription[]): CompiledPolicy {
  const names = namesOf(metrics);
  const faults = [...numberFaults(policy)];
  const read = (text: string, type: ExpressionType, path: readonly string[]): CompiledExpression | undefined => {
    const parsed = parseExpression(text, type, names);
    if (parsed.kind === "parsed") return { text, expression: parsed.expression, metrics: parsed.metrics };
    for (const { code, message, next, offset } of parsed.faults) faults.push({ code, message, next, path, offset });
    return undefined;
  };
  const gates = Object.entries(policy.gates).flatMap(([name, text]) => {
    const compiled = read(text, TYPE.gate, ["gates", name]);
    return compiled === undefined ? [] : [{ name, ...compiled }];
  });
  const score = read(policy.score, TYPE.score, ["score"]);
  if (score === undefined || faults.length > 0) throw invalid(faults);
  return { policy, gates, score };
}

const TYPE = { gate: "condition", score: "number" } as const satisfies Record<string, ExpressionType>;

function namesOf(metrics: readonly MetricDescription[]): ReadonlySet<string> {
  return new Set(metrics.map(({ name }) => name));
}

function invalid(faults: readonly PolicyFault[]): QmtlError {
  const details = faults.map(({ code, message, next, path, offset }) => {
    const where = ["policy", ...path].join(".");
    const at = offset === undefined ? "" : `, character ${offset + 1}`;
    return { code, message: `${message} (${where}${at})`, place: { path: where }, next, class: "usage" as const };
  });
  return new QmtlError({
    code: "policy.invalid",
    message: details.map(({ message }) => message).join("; "),
    place: { path: details.length === 1 ? details[0]!.place.path : "policy" },
    next: [...new Set(faults.map(({ next }) => next))].join(" "),
    details,
  });
}

function numberFaults({ topK, hysteresis, constraints, minPeriods, maxLag }: Policy): readonly PolicyFault[] {
  const faults: PolicyFault[] = [];
  const demand = (holds: boolean, path: readonly string[], value: unknown, next: string): void => {
    if (!holds) faults.push({ code: "policy.number", message: `${path.at(-1)} is ${String(value)}`, next, path });
  };
  const whole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;
  const maxPairwise = constraints.correlation?.maxPairwise;
  const { enter, exit, promoteAfter, demoteAfter, minDwell } = hysteresis;
  demand(whole(topK.total, 1), ["topK", "total"], topK.total, "Use a whole number of at least 1.");
  demand(
    maxPairwise === undefined || (maxPairwise >= 0 && maxPairwise <= 1),
    ["constraints", "correlation", "maxPairwise"],
    maxPairwise,
    "Use a number from 0 to 1.",
  );
  demand(Number.isFinite(enter), ["hysteresis", "enter"], enter, "Use a finite number.");
  demand(Number.isFinite(exit), ["hysteresis", "exit"], exit, "Use a finite number.");
  demand(!(exit > enter), ["hysteresis", "exit"], exit, `Let it be at most enter, which is ${enter}.`);
  demand(whole(promoteAfter, 1), ["hysteresis", "promoteAfter"], promoteAfter, "Use a whole number of at least 1.");
  demand(whole(demoteAfter, 1), ["hysteresis", "demoteAfter"], demoteAfter, "Use a whole number of at least 1.");
  demand(whole(minDwell, 0), ["hysteresis", "minDwell"], minDwell, "Use a whole number of at least 0.");
  demand(whole(minPeriods, 1), ["minPeriods"], minPeriods, "Use a whole number of at least 1.");
  demand(
    maxLag === undefined || (maxLag > 0 && maxLag < Number.POSITIVE_INFINITY),
    ["maxLag"],
    maxLag,
    "Use a length of time above zero.",
  );
  return faults;
}
