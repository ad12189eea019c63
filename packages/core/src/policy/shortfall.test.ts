import { expect, test } from "vitest";
import { parseExpression } from "./expression.ts";
import { comparisons, shortfalls } from "./shortfall.ts";

const METRICS = new Map([
  ["a", 2],
  ["b", 5],
]);

function read(text: string) {
  const parsed = parseExpression(text, "condition", new Set(METRICS.keys()));
  if (parsed.kind === "faulty") throw new Error(parsed.faults[0]?.message);
  return parsed.expression;
}

test("every comparison of a condition is told as the condition wants it, whether it holds or not", () => {
  const found = comparisons(read("a >= 1.0 && !(b < 6.0) || 3.0 > a"), METRICS);
  expect(found).toEqual([
    { metric: "a", value: 2, operator: ">=", bound: 1, distance: 1, holds: true },
    { metric: "b", value: 5, operator: ">=", bound: 6, distance: 1, holds: false },
    { metric: "a", value: 2, operator: "<", bound: 3, distance: 1, holds: true },
  ]);
});

test("a bound may be an expression, and of a choice only the branch taken counts", () => {
  expect(comparisons(read("a > 1.0 ? b <= a * 2.0 : b > 100.0"), METRICS)).toEqual([
    { metric: "b", value: 5, operator: "<=", bound: 4, distance: 1, holds: false },
  ]);
});

test("shortfalls are the comparisons that keep the condition from holding", () => {
  expect(shortfalls(read("a >= 1.0 && b >= 6.0"), METRICS)).toMatchObject([{ metric: "b", holds: false }]);
  expect(shortfalls(read("a >= 1.0 || b >= 6.0"), METRICS)).toEqual([]);
});
