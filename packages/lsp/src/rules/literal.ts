import { unwrap } from "../facts/index.ts";
import { ts } from "../syntax/index.ts";

/** A number that is written as one, with its sign. */
export function literalNumber(expression: ts.Expression): number | undefined {
  const inner = unwrap(expression);
  if (ts.isNumericLiteral(inner)) return Number(inner.text);
  if (!ts.isPrefixUnaryExpression(inner)) return undefined;
  const value = literalNumber(inner.operand);
  if (value === undefined) return undefined;
  if (inner.operator === ts.SyntaxKind.MinusToken) return -value;
  return inner.operator === ts.SyntaxKind.PlusToken ? value : undefined;
}
