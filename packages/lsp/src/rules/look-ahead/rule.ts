import { placeOf, unwrap } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { type ComputeBody, walk } from "../compute-body.ts";
import type { ModuleContext, Rule } from "../rule.ts";

export const lookAhead: Rule = {
  code: "C401",
  slug: "look-ahead",
  title: "A bar is read that has not happened yet",
  severity: "error",
  tier: 0,
  provenByTypes: true,
  unsuppressable: true,
  checkModule(context) {
    for (const body of context.bodies)
      walk(body.node, (node) => {
        if (ts.isCallExpression(node)) checkOffset(context, body, node);
      });
  },
};

/** `recent.at(0)`, `recent.at(1)`: windows count back from -1. */
function checkOffset({ report }: ModuleContext, body: ComputeBody, call: ts.CallExpression): void {
  const callee = unwrap(call.expression);
  const [argument] = call.arguments;
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== "at" || argument === undefined) return;
  if (body.windowOf(callee.expression) === undefined) return;
  const offset = literalNumber(argument);
  if (offset === undefined || offset < 0) return;
  const place = placeOf(argument);
  report({
    at: place,
    message:
      offset === 0
        ? "Offset 0 is no bar of a window: -1 is the bar that just closed"
        : `Offset ${offset} looks ahead: -1 is the bar that just closed, -2 the one before it`,
    next: "Count back from now.",
    fixes: [
      {
        title: `Count back: -${Math.max(1, offset)}`,
        edits: [{ place, text: `-${Math.max(1, offset)}` }],
        isSafe: false,
      },
    ],
    data: { offset: String(offset) },
  });
}

/** A number that is written as one, with its sign. */
function literalNumber(expression: ts.Expression): number | undefined {
  const inner = unwrap(expression);
  if (ts.isNumericLiteral(inner)) return Number(inner.text);
  if (!ts.isPrefixUnaryExpression(inner)) return undefined;
  const value = literalNumber(inner.operand);
  if (value === undefined) return undefined;
  if (inner.operator === ts.SyntaxKind.MinusToken) return -value;
  return inner.operator === ts.SyntaxKind.PlusToken ? value : undefined;
}
