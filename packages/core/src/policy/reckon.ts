import type { ArithmeticOperator, ComparisonOperator, Expression } from "./expression.ts";

/** The value of an expression, or `undefined` where a number on the way is not finite: such a number is never compared. */
export function reckon(expression: Expression, metrics: ReadonlyMap<string, number>): number | boolean | undefined {
  switch (expression.kind) {
    case "number":
    case "condition":
      return expression.value;
    case "metric":
      return finite(metrics.get(expression.name));
    case "negative": {
      const value = reckonNumber(expression.of, metrics);
      return value === undefined ? undefined : -value;
    }
    case "not": {
      const value = reckonCondition(expression.of, metrics);
      return value === undefined ? undefined : !value;
    }
    case "arithmetic": {
      const left = reckonNumber(expression.left, metrics);
      const right = reckonNumber(expression.right, metrics);
      if (left === undefined || right === undefined) return undefined;
      return finite(combine(left, expression.operator, right));
    }
    case "comparison": {
      const left = reckonNumber(expression.left, metrics);
      const right = reckonNumber(expression.right, metrics);
      return left === undefined || right === undefined ? undefined : holds(left, expression.operator, right);
    }
    case "agreement": {
      const left = reckonCondition(expression.left, metrics);
      const right = reckonCondition(expression.right, metrics);
      if (left === undefined || right === undefined) return undefined;
      return (left === right) === (expression.operator === "==");
    }
    case "logic": {
      const left = reckonCondition(expression.left, metrics);
      if (left === undefined || left === (expression.operator === "||")) return left;
      return reckonCondition(expression.right, metrics);
    }
    case "choice": {
      const condition = reckonCondition(expression.condition, metrics);
      if (condition === undefined) return undefined;
      return reckon(condition ? expression.whenTrue : expression.whenFalse, metrics);
    }
  }
}

function combine(left: number, operator: ArithmeticOperator, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
  }
}

function holds(left: number, operator: ComparisonOperator, right: number): boolean {
  switch (operator) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "==":
      return left === right;
    case "!=":
      return left !== right;
  }
}

function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

// The parser checked the types; these two only tell the compiler so.
function reckonNumber(expression: Expression, metrics: ReadonlyMap<string, number>): number | undefined {
  const value = reckon(expression, metrics);
  return typeof value === "number" ? value : undefined;
}

function reckonCondition(expression: Expression, metrics: ReadonlyMap<string, number>): boolean | undefined {
  const value = reckon(expression, metrics);
  return typeof value === "boolean" ? value : undefined;
}
