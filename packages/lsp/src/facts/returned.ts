import { ts } from "../syntax/index.ts";
import { unwrap } from "./source.ts";
import type { FunctionSyntax } from "./value.ts";

/** What a function returns, place by place; nothing of functions inside of it. */
export function returnedExpressions(of: FunctionSyntax): readonly ts.Expression[] {
  if (of.body === undefined) return [];
  if (!ts.isBlock(of.body)) return branches(of.body);
  const found: ts.Expression[] = [];
  const stack: ts.Node[] = [of.body];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (ts.isReturnStatement(node) && node.expression !== undefined) found.push(...branches(node.expression));
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) continue;
    const children: ts.Node[] = [];
    ts.forEachChild(node, (child) => {
      children.push(child);
    });
    stack.push(...children.reverse());
  }
  return found;
}

/** `a ? b : c` is either of both. */
function branches(expression: ts.Expression): readonly ts.Expression[] {
  const inner = unwrap(expression);
  if (ts.isConditionalExpression(inner)) return [...branches(inner.whenTrue), ...branches(inner.whenFalse)];
  return [inner];
}

/** The keys of an object that is written without spreads and computed names; undefined for all else. */
export function keysOf(expression: ts.Expression): ReadonlyMap<string, ts.ObjectLiteralElementLike> | undefined {
  if (!ts.isObjectLiteralExpression(expression)) return undefined;
  const keys = new Map<string, ts.ObjectLiteralElementLike>();
  for (const property of expression.properties) {
    const { name } = property;
    if (name === undefined || !(ts.isIdentifier(name) || ts.isStringLiteralLike(name))) return undefined;
    keys.set(name.text, property);
  }
  return keys;
}
