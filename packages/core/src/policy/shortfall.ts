import type { ComparisonOperator, Expression } from "./expression.ts";
import { reckon } from "./reckon.ts";

/** What a condition compares one metric with. */
export interface Comparison {
  readonly metric: string;
  readonly value: number;
  /** What the value must be to the bound. */
  readonly operator: ComparisonOperator;
  readonly bound: number;
  readonly distance: number;
  readonly holds: boolean;
}

/** A comparison of one metric that does not come out as wanted. */
export interface Shortfall extends Comparison {
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
  return find(expression, metrics, true, false, "missed");
}

/**
 * Every comparison `metric op bound` (either way round) that a condition is made of, whether it holds or not, as the condition wants it:
 * `!(x < 1)` wants `x >= 1`. Of `?:` the branch taken.
 */
export function comparisons(expression: Expression, metrics: ReadonlyMap<string, number>): readonly Comparison[] {
  return find(expression, metrics, true, false, "all").map(({ oneOfSeveral: _, ...comparison }) => comparison);
}

function find(
  expression: Expression,
  metrics: ReadonlyMap<string, number>,
  wanted: boolean,
  oneOfSeveral: boolean,
  which: "missed" | "all",
): readonly Shortfall[] {
  const holds = reckon(expression, metrics) === wanted;
  if (holds && which === "missed") return [];
  switch (expression.kind) {
    case "not":
      return find(expression.of, metrics, !wanted, oneOfSeveral, which);
    case "logic": {
      const either = oneOfSeveral || (expression.operator === "||") === wanted;
      return [expression.left, expression.right].flatMap((side) => find(side, metrics, wanted, either, which));
    }
    case "choice":
      return find(
        reckon(expression.condition, metrics) === true ? expression.whenTrue : expression.whenFalse,
        metrics,
        wanted,
        oneOfSeveral,
        which,
      );
    case "comparison": {
      const operator = wanted ? expression.operator : NEGATED[expression.operator];
      const { left, right } = expression;
      const [metric, toBound, against] =
        left.kind === "metric" ? [left, operator, right] : [right, MIRRORED[operator], left];
      if (metric.kind !== "metric") return [];
      const value = metrics.get(metric.name);
      const bound = reckon(against, metrics);
      if (value === undefined || typeof bound !== "number") return [];
      const distance = Math.abs(value - bound);
      return [{ metric: metric.name, value, operator: toBound, bound, distance, holds, oneOfSeveral }];
    }
    default:
      return [];
  }
}
