import type { ComparisonOperator, Expression } from "./expression.ts";
import { reckon } from "./reckon.ts";

/** A comparison of one metric that does not come out as wanted. */
export interface Shortfall {
  readonly metric: string;
  readonly value: number;
  /** What the value must be to the bound. */
  readonly operator: ComparisonOperator;
  readonly bound: number;
  readonly distance: number;
  /** It stands beside others, one of which would do. */
  readonly oneOfSeveral: boolean;
}

const MIRRORED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
  "==": "==",
  "!=": "!=",
};

const NEGATED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
  "==": "!=",
  "!=": "==",
};

/**
 * The comparisons `metric op bound` (either way round) that keep a condition from holding, through `&&`, `||`, `!` and the branch
 * taken of `?:`. Empty where nothing so simple is to blame.
 */
export function shortfalls(expression: Expression, metrics: ReadonlyMap<string, number>): readonly Shortfall[] {
  return find(expression, metrics, true, false);
}

function find(
  expression: Expression,
  metrics: ReadonlyMap<string, number>,
  wanted: boolean,
  oneOfSeveral: boolean,
): readonly Shortfall[] {
  if (reckon(expression, metrics) === wanted) return [];
  switch (expression.kind) {
    case "not":
      return find(expression.of, metrics, !wanted, oneOfSeveral);
    case "logic": {
      const either = oneOfSeveral || (expression.operator === "||") === wanted;
      return [...find(expression.left, metrics, wanted, either), ...find(expression.right, metrics, wanted, either)];
    }
    case "choice":
      return find(
        reckon(expression.condition, metrics) === true ? expression.whenTrue : expression.whenFalse,
        metrics,
        wanted,
        oneOfSeveral,
      );
    case "comparison": {
      const operator = wanted ? expression.operator : NEGATED[expression.operator];
      if (expression.left.kind === "metric")
        return measure(expression.left.name, operator, expression.right, metrics, oneOfSeveral);
      if (expression.right.kind === "metric")
        return measure(expression.right.name, MIRRORED[operator], expression.left, metrics, oneOfSeveral);
      return [];
    }
    default:
      return [];
  }
}

function measure(
  metric: string,
  operator: ComparisonOperator,
  against: Expression,
  metrics: ReadonlyMap<string, number>,
  oneOfSeveral: boolean,
): readonly Shortfall[] {
  const value = metrics.get(metric);
  const bound = reckon(against, metrics);
  if (value === undefined || typeof bound !== "number") return [];
  return [{ metric, value, operator, bound, distance: Math.abs(value - bound), oneOfSeveral }];
}
