import { type ModuleReading, offsetAt, type Place, placeBetween, placeOf, unwrap } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { type CodeIssue, identifierAt } from "../code-issues.ts";
import { type ComputeBody, walk } from "../compute-body.ts";
import { lineOf } from "../edits.ts";
import type { Fix, TextEdit } from "../finding.ts";

/** Takes out what is done for its effect alone. What comes back from outside has no counterpart here. */
export function removeFix(
  reading: ModuleReading,
  bodies: readonly ComputeBody[],
  { code, subject, place }: CodeIssue,
): readonly Fix[] {
  if (code === "async-code") return subject === "async" ? atOnceFix(bodies, place) : [];
  const name = identifierAt(reading, place);
  const statement = name === undefined ? undefined : effectStatement(name);
  if (statement === undefined) return [];
  const title = `Remove ${titleOf(statement)}`;
  const { parent } = statement;
  if (ts.isBlock(parent) || ts.isSourceFile(parent) || ts.isCaseOrDefaultClause(parent))
    return [{ title, edits: [{ place: lineOf(statement), text: "" }], isSafe: false }];
  // `if (late) console.log(late);` goes as a whole where the condition does nothing else.
  if (ts.isIfStatement(parent) && parent.elseStatement === undefined && isQuiet(parent.expression)) {
    const isListed = ts.isBlock(parent.parent) || ts.isSourceFile(parent.parent);
    if (isListed) return [{ title, edits: [{ place: lineOf(parent), text: "" }], isSafe: false }];
  }
  return [{ title, edits: [{ place: placeOf(statement), text: "{}" }], isSafe: false }];
}

/** An `async` function that waits for nothing but plain values computes the same at once. */
function atOnceFix(bodies: readonly ComputeBody[], place: Place): readonly Fix[] {
  const edits: TextEdit[] = [];
  for (const { node } of bodies) {
    const file = node.getSourceFile();
    const word = node.modifiers?.find(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
    if (word === undefined || file.fileName !== place.file || word.getStart() !== offsetAt(file, place.start)) continue;
    edits.push({ place: placeBetween(file, word.getStart(), afterSpace(file, word.end)), text: "" });
    let isPlain = true;
    walk(node, (each) => {
      if (ts.isForOfStatement(each) && each.awaitModifier !== undefined) isPlain = false;
      if (!ts.isAwaitExpression(each)) return;
      if (!isQuiet(each.expression)) isPlain = false;
      const from = each.getStart();
      edits.push({ place: placeBetween(file, from, each.expression.getStart()), text: "" });
    });
    return isPlain ? [{ title: "Compute at once, without async", edits, isSafe: false }] : [];
  }
  return [];
}

function afterSpace({ text }: ts.SourceFile, offset: number): number {
  let end = offset;
  while (text[end] === " ") end++;
  return end;
}

/** The statement that is no more than a call by this name: `console.log(close);`, `void fetch(url);`. */
function effectStatement(name: ts.Identifier): ts.ExpressionStatement | undefined {
  let at: ts.Node = name;
  while ((ts.isPropertyAccessExpression(at.parent) || ts.isCallExpression(at.parent)) && at.parent.expression === at)
    at = at.parent;
  if (!ts.isCallExpression(at)) return undefined;
  while (ts.isVoidExpression(at.parent) || ts.isParenthesizedExpression(at.parent)) at = at.parent;
  return ts.isExpressionStatement(at.parent) ? at.parent : undefined;
}

function titleOf({ expression }: ts.ExpressionStatement): string {
  let inner = unwrap(expression);
  while (ts.isVoidExpression(inner)) inner = unwrap(inner.expression);
  return ts.isCallExpression(inner) ? `${inner.expression.getText()}(…)` : inner.getText();
}

/** True where nothing is called or written. */
function isQuiet(condition: ts.Expression): boolean {
  let isQuiet = true;
  walk(condition, (node) => {
    const isStep =
      (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) &&
      (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken);
    const isAssignment =
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      node.operatorToken.kind <= ts.SyntaxKind.LastAssignment;
    if (isStep || isAssignment || ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isDeleteExpression(node))
      isQuiet = false;
  });
  return isQuiet;
}
