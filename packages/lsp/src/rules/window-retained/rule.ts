import { outermost, placeOf, returnedExpressions, unwrap } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { declarationOf } from "../code-issues.ts";
import { type ComputeBody, isFunctionNode, isInside, walk } from "../compute-body.ts";
import type { ModuleContext, Rule } from "../rule.ts";

const KEEPING: ReadonlySet<string> = new Set(["push", "unshift", "add", "set", "fill", "splice"]);

export const windowRetained: Rule = {
  code: "C407",
  slug: "window-retained",
  title: "A window is kept beyond its call",
  severity: "error",
  tier: 0,
  unsuppressable: true,
  checkModule(context) {
    for (const body of context.bodies) {
      if (body.kind !== "compute") continue;
      const returned = returnedExpressions(body.node);
      walk(body.node, (node) => {
        if (!(ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) || isDeclared(node) || !isView(body, node))
          return;
        const isInClosure = isInKeptClosure(body, node);
        const how = isInClosure
          ? "is kept by a function in what outlives the bar"
          : keptAs(context, body, node, returned);
        if (how === undefined) return;
        const place = placeOf(node);
        context.report({
          at: place,
          message: `${node.getText()} is one view that every bar and symbol reuses, and it ${how}`,
          next: "Keep copy() of it, or the numbers that you need.",
          fixes:
            // A function copies when it is called, and that is too late.
            isInClosure || body.windowOf(node) === undefined
              ? []
              : [
                  {
                    title: "Keep a copy",
                    edits: [{ place: { ...place, start: place.end }, text: ".copy()" }],
                    isSafe: false,
                  },
                ],
        });
      });
    }
  },
};

/** A name where it is declared, or where it names a member. */
function isDeclared(node: ts.Node): boolean {
  const { parent } = node;
  if (!ts.isIdentifier(node)) return false;
  if (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent)) return parent.name === node;
  return (
    ts.isBindingElement(parent) || ts.isParameter(parent) || (ts.isVariableDeclaration(parent) && parent.name === node)
  );
}

function isView(body: ComputeBody, node: ts.Expression): boolean {
  if (body.windowOf(node) !== undefined) return true;
  if (body.fact.kind === "user") return false;
  const use = body.inputOf(node);
  return use?.input?.read.kind === "column" && use.members.length === 0;
}

function keptAs(
  { reading }: ModuleContext,
  body: ComputeBody,
  view: ts.Expression,
  returned: readonly ts.Expression[],
): string | undefined {
  let value: ts.Node = outermost(view);
  // As a part of an object or a list that is itself kept.
  while (
    ts.isShorthandPropertyAssignment(value.parent) ||
    (ts.isPropertyAssignment(value.parent) && value.parent.initializer === value) ||
    ts.isObjectLiteralExpression(value.parent) ||
    ts.isArrayLiteralExpression(value.parent) ||
    (ts.isConditionalExpression(value.parent) && value.parent.condition !== value)
  )
    value = outermost(value.parent);
  if (returned.includes(unwrap(value as ts.Expression))) return "is returned";
  const { parent } = value;
  if (
    ts.isBinaryExpression(parent) &&
    parent.right === value &&
    parent.operatorToken.kind === ts.SyntaxKind.EqualsToken
  ) {
    const target = unwrap(parent.left);
    if (ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target))
      return isLocal(reading, body, target.expression) ? undefined : "is kept in what outlives the bar";
    const declared = ts.isIdentifier(target) ? declarationOf(reading, target) : undefined;
    return declared !== undefined && !isInside(declared, body.node) ? "is kept outside of the node" : undefined;
  }
  if (ts.isCallExpression(parent) && parent.arguments.some((argument) => argument === value)) {
    const callee = unwrap(parent.expression);
    if (!ts.isPropertyAccessExpression(callee) || !KEEPING.has(callee.name.text)) return undefined;
    return isLocal(reading, body, callee.expression) ? undefined : `is kept by ${callee.name.text}()`;
  }
  return undefined;
}

/** Something that lives no longer than the call. */
function isLocal(reading: ModuleContext["reading"], body: ComputeBody, expression: ts.Expression): boolean {
  if (body.isState(expression)) return false;
  let root: ts.Expression = unwrap(expression);
  while (ts.isPropertyAccessExpression(root) || ts.isElementAccessExpression(root)) root = unwrap(root.expression);
  if (!ts.isIdentifier(root) || body.isState(root)) return false;
  const declared = declarationOf(reading, root);
  return declared !== undefined && isInside(declared, body.node);
}

/** `state.later = () => recent.newest` */
function isInKeptClosure(body: ComputeBody, view: ts.Node): boolean {
  for (let at: ts.Node = view; at !== body.node && at.parent !== undefined; at = at.parent) {
    if (!isFunctionNode(at)) continue;
    const value = outermost(at);
    const { parent } = value;
    const isAssigned =
      ts.isBinaryExpression(parent) &&
      parent.right === value &&
      parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
    if (isAssigned && ts.isPropertyAccessExpression(unwrap(parent.left)))
      return body.isState((unwrap(parent.left) as ts.PropertyAccessExpression).expression);
  }
  return false;
}
