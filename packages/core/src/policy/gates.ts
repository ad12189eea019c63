import type { Figure } from "../plugin/contract/evaluator.ts";
import type { CompiledExpression, CompiledGate } from "./compile-policy.ts";
import type { ComparisonOperator } from "./expression.ts";
import type { Exclusion, PolicyVerdict } from "./policy.ts";
import { reckon } from "./reckon.ts";
import { type Shortfall, shortfalls } from "./shortfall.ts";
import { say } from "./wording.ts";

export interface GateOutcome {
  readonly gate: PolicyVerdict["gates"][number];
  /** Empty when it passed. */
  readonly exclusions: readonly Exclusion[];
}

type Figures = Readonly<Record<string, Figure>>;

/** A gate that reads a metric without a value fails by that name, whatever the rest of it says. */
export function passGate(gate: CompiledGate, figures: Figures): GateOutcome {
  const { name, text } = gate;
  const shown = { name, expression: text };
  const failed = (exclusions: readonly Omit<Exclusion, "stage" | "rule">[]): GateOutcome => ({
    gate: { ...shown, passed: false, because: exclusions.map(({ reason }) => reason).join("; ") },
    exclusions: exclusions.map((exclusion) => ({ stage: "gates", rule: name, ...exclusion })),
  });
  const { missing, values } = readings(gate, figures);
  if (missing.length > 0)
    return failed(
      missing.map(({ metric, because }) => ({ metric, reason: `${metric} is undefined, because ${because}` })),
    );
  const outcome = reckon(gate.expression, values);
  if (outcome === true) return { gate: { ...shown, passed: true }, exclusions: [] };
  if (outcome === undefined) return failed([{ reason: `${text} has no finite value here` }]);
  const found = shortfalls(gate.expression, values);
  return failed(found.length > 0 ? found.map(tell) : [{ reason: `${text} does not hold` }]);
}

/** The score, or why there is none. */
export function reckonScore(score: CompiledExpression, figures: Figures): number | Exclusion {
  const because = (reason: string, metric?: string): Exclusion => ({
    stage: "score",
    rule: "score",
    ...(metric !== undefined && { metric }),
    reason,
  });
  const { missing, values } = readings(score, figures);
  const first = missing[0];
  if (first !== undefined)
    return because(`It has no score: ${first.metric} is undefined, because ${first.because}`, first.metric);
  const value = reckon(score.expression, values);
  return typeof value === "number" ? value : because(`It has no score: ${score.text} has no finite value here`);
}

function readings(
  { metrics }: CompiledExpression,
  figures: Figures,
): {
  readonly missing: readonly { readonly metric: string; readonly because: string }[];
  readonly values: ReadonlyMap<string, number>;
} {
  const values = new Map<string, number>();
  const missing = metrics.flatMap((metric) => {
    const figure = Object.hasOwn(figures, metric) ? figures[metric] : undefined;
    if (figure === undefined) return [{ metric, because: "no evaluator gave it" }];
    if (figure.kind === "undefined") return [{ metric, because: figure.because }];
    if (!Number.isFinite(figure.value)) return [{ metric, because: `an evaluator gave ${figure.value}` }];
    values.set(metric, figure.value);
    return [];
  });
  return { missing, values };
}

const WANTED: Readonly<Record<ComparisonOperator, string>> = {
  ">=": "at least",
  ">": "above",
  "<=": "at most",
  "<": "below",
  "==": "exactly",
  "!=": "anything but",
};

function tell({
  metric,
  value,
  operator,
  bound,
  distance,
  oneOfSeveral,
}: Shortfall): Omit<Exclusion, "stage" | "rule"> {
  const must = `${WANTED[operator]} ${say(bound)}`;
  return {
    metric,
    value,
    bound,
    distance,
    reason: `${metric} is ${say(value)} and must be ${must}`,
    hint: `Bring ${metric} to ${must}${oneOfSeveral ? ", or meet another side of the same gate" : ""}.`,
  };
}
