import { placeOf, unwrap } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { type ComputeBody, walk } from "../compute-body.ts";
import { literalNumber } from "../literal.ts";
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
