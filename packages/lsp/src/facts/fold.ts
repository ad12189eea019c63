import type { Operator } from "./facts.ts";

type Constant = number | string | boolean;

/** What an operator makes of constants at run time; undefined where it would not make a number or a string. */
export function applyOperator(operator: Operator, of: readonly Constant[]): number | string | undefined {
  if (operator === "concat") return of.map(String).join("");
  const [a, b] = of;
  if (operator === "+" && (typeof a === "string" || typeof b === "string")) return String(a) + String(b);
  const numbers: number[] = [];
  for (const each of of) {
    if (typeof each !== "number") return undefined;
    numbers.push(each);
  }
  const [x = Number.NaN, y = Number.NaN] = numbers;
  switch (operator) {
    case "+":
      return x + y;
    case "-":
      return x - y;
    case "*":
      return x * y;
    case "/":
      return x / y;
    case "%":
      return x % y;
    case "**":
      return x ** y;
    case "negate":
      return -x;
    case "max":
    case "min":
      return Math[operator](...numbers);
    default:
      return Math[operator](x);
  }
}
