import { placeOf, unwrap } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { type ComputeBody, walk } from "../compute-body.ts";
import type { Fix } from "../finding.ts";
import type { Rule } from "../rule.ts";

/** Methods of arrays that change what they are called on, and the one that makes a changed copy instead. */
const CHANGING: Readonly<Record<string, string | undefined>> = {
  sort: "sort",
  reverse: "reverse",
  fill: "fill",
  copyWithin: "copyWithin",
  push: undefined,
  pop: undefined,
  shift: undefined,
  unshift: undefined,
  splice: undefined,
  set: undefined,
};

export const inputMutated: Rule = {
  code: "C405",
  slug: "input-mutated",
  title: "An input is changed",
  severity: "error",
  tier: 0,
  checkModule({ bodies, report }) {
    for (const body of bodies) {
      if (body.kind !== "compute") continue;
      walk(body.node, (node) => {
        const changed = changedInput(body, node);
        if (changed === undefined) return;
        report({
          at: placeOf(changed.at),
          message: `${changed.at.getText()} changes an input, which every other reader of this bar shares`,
          next: "Work on a copy: copy() of a window gives an array of your own.",
          fixes: changed.fix,
        });
      });
    }
  },
};

interface Changed {
  readonly at: ts.Node;
  readonly fix: readonly Fix[];
}

function changedInput(body: ComputeBody, node: ts.Node): Changed | undefined {
  if (ts.isCallExpression(node)) {
    const callee = unwrap(node.expression);
    if (!ts.isPropertyAccessExpression(callee) || !Object.hasOwn(CHANGING, callee.name.text)) return undefined;
    if (!isShared(body, callee.expression)) return undefined;
    const place = placeOf(callee.expression);
    const isWindow = body.windowOf(callee.expression) !== undefined && CHANGING[callee.name.text] !== undefined;
    const fix: Fix = {
      title: "Change a copy",
      edits: [{ place: { ...place, start: place.end }, text: ".copy()" }],
      isSafe: false,
    };
    return { at: callee, fix: isWindow ? [fix] : [] };
  }
  const target = writtenTarget(node);
  if (target === undefined || !isShared(body, target.expression)) return undefined;
  return { at: target, fix: [] };
}

/** The member that an assignment, `++` or `delete` writes into. */
function writtenTarget(node: ts.Node): ts.PropertyAccessExpression | ts.ElementAccessExpression | undefined {
  let target: ts.Expression | undefined;
  if (ts.isBinaryExpression(node)) {
    const { kind } = node.operatorToken;
    if (kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment) target = node.left;
  } else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const isStep = node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken;
    if (isStep) target = node.operand;
  } else if (ts.isDeleteExpression(node)) target = node.expression;
  const inner = target === undefined ? undefined : unwrap(target);
  if (inner === undefined) return undefined;
  return ts.isPropertyAccessExpression(inner) || ts.isElementAccessExpression(inner) ? inner : undefined;
}

/** The inputs object, a window, a panel or a view of symbols: what others see too. */
function isShared(body: ComputeBody, expression: ts.Expression): boolean {
  const use = body.inputOf(expression);
  if (use === undefined) return false;
  if (use.input === undefined) return true;
  const { kind } = use.input.read;
  if (kind === "window" || kind === "window-panel" || kind === "panel") return true;
  return kind === "column" && body.fact.kind !== "user" && use.members.length === 0;
}
