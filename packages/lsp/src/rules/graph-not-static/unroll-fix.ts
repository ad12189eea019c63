import { type ModuleReading, placeOf, unwrap } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { declarationOf } from "../code-issues.ts";
import { isInside, walk } from "../compute-body.ts";
import type { Fix, TextEdit } from "../finding.ts";
import { functionOf, isWord, substituted } from "../inline-fix.ts";

/** `[5, 10].map((n) => sma(close, n))` as the list that it makes. */
export function unrolledMapFix(reading: ModuleReading, node: ts.Node): readonly Fix[] {
  const access = ts.isCallExpression(node) ? unwrap(node.expression) : node;
  if (!ts.isPropertyAccessExpression(access) || access.name.text !== "map") return [];
  const call = access.parent;
  const [callback] = ts.isCallExpression(call) ? call.arguments : [];
  const list = literalList(reading, access.expression);
  const arrow = callback === undefined ? undefined : unwrap(callback);
  if (list === undefined || arrow === undefined || !(ts.isArrowFunction(arrow) || ts.isFunctionExpression(arrow)))
    return [];
  const helper = functionOf(arrow);
  if (helper === undefined || helper.parameters.length !== 1) return [];
  const items = list.map((item) => substituted(reading, helper, [item], call));
  if (items.some((item) => item === undefined)) return [];
  return [
    { title: "Write out the list", edits: [{ place: placeOf(call), text: `[${items.join(", ")}]` }], isSafe: false },
  ];
}

/** `for (const n of [5, 10]) mean = sma(mean, n);` as one statement after the other. */
export function unrolledLoopFix(reading: ModuleReading, loop: ts.Node): readonly Fix[] {
  if (!ts.isForOfStatement(loop) || loop.awaitModifier !== undefined) return [];
  const { initializer, expression, statement } = loop;
  const list = literalList(reading, expression);
  const [variable] = ts.isVariableDeclarationList(initializer) ? initializer.declarations : [];
  if (list === undefined || variable === undefined || !ts.isIdentifier(variable.name)) return [];
  const body = ts.isBlock(statement) ? statement.statements : [statement];
  // A name that each turn declares anew can't stand there twice, and a jump has nowhere to go.
  if (!body.every(ts.isExpressionStatement) || body.length === 0) return [];
  const source = loop.getSourceFile().text;
  const indent = /(?:^|\n)([ \t]*)$/.exec(source.slice(0, loop.getStart()))?.[1];
  const between = indent === undefined ? " " : `\n${indent}`;
  const statements: string[] = [];
  for (const item of list)
    for (const each of body) {
      const text = withValue(reading, each, variable, item);
      if (text === undefined) return [];
      statements.push(text);
    }
  return [
    {
      title: "Write out each turn of the loop",
      edits: [{ place: placeOf(loop), text: statements.join(between) }],
      isSafe: false,
    },
  ];
}

function withValue(
  reading: ModuleReading,
  statement: ts.Statement,
  variable: ts.VariableDeclaration,
  value: ts.Expression,
): string | undefined {
  if (!isWord(value)) return undefined;
  const start = statement.getStart();
  let text = statement.getText();
  const uses: ts.Identifier[] = [];
  walk(statement, (node) => {
    if (ts.isIdentifier(node) && declarationOf(reading, node) === variable) uses.push(node);
  });
  for (const use of uses.toReversed()) {
    const by = ts.isShorthandPropertyAssignment(use.parent) ? `${use.text}: ${value.getText()}` : value.getText();
    text = text.slice(0, use.getStart() - start) + by + text.slice(use.end - start);
  }
  return text;
}

const MOST_ITEMS = 20;

/** The elements of a list of words that is written there, or in a const. */
function literalList(reading: ModuleReading, expression: ts.Expression): readonly ts.Expression[] | undefined {
  let written = unwrap(expression);
  if (ts.isIdentifier(written)) {
    const declared = declarationOf(reading, written);
    if (declared === undefined || !ts.isVariableDeclaration(declared) || declared.initializer === undefined)
      return undefined;
    if ((declared.parent.flags & ts.NodeFlags.Const) === 0 || (reading.linked.usesOf(declared)?.length ?? 2) > 1)
      return undefined;
    written = unwrap(declared.initializer);
  }
  if (!ts.isArrayLiteralExpression(written) || written.elements.length > MOST_ITEMS) return undefined;
  return written.elements.length > 0 && written.elements.every(isWord) ? written.elements : undefined;
}

/** `let mean = a; mean = sma(mean, 3);` with a name for each value, where one follows the other without a branch. */
export function namedValuesFix(reading: ModuleReading, declared: ts.Node): readonly Fix[] {
  if (!ts.isVariableDeclaration(declared) || !ts.isIdentifier(declared.name)) return [];
  if (declared.initializer === undefined || !ts.isVariableDeclarationList(declared.parent)) return [];
  const list = declared.parent;
  const statement = list.parent;
  if (!ts.isVariableStatement(statement) || list.declarations.length > 1 || (list.flags & ts.NodeFlags.Let) === 0)
    return [];
  if (declared.type !== undefined || statement.modifiers !== undefined) return [];
  const block = statement.parent;
  if (!ts.isBlock(block)) return [];
  const { text: name } = declared.name;
  const uses: ts.Identifier[] = [];
  walk(block, (node) => {
    if (ts.isIdentifier(node) && declarationOf(reading, node) === declared) uses.push(node);
  });
  if (new RegExp(`\\b${name.replaceAll("$", "\\$")}\\d+\\b`).test(block.getText())) return [];
  const edits: TextEdit[] = [{ place: { ...placeOf(list), end: placeOf(declared).start }, text: "const " }];
  let current = name;
  let count = 1;
  for (const each of block.statements) {
    const own = uses.filter((use) => isInside(use, each));
    const target = own.find((use) => isPlainAssignment(use, each));
    // Who is called later sees the last value: a name of one value would not tell it.
    if (own.some((use) => use !== target && (isWritten(use) || isInFunctionBelow(use, each)))) return [];
    for (const use of own)
      if (use !== target && current !== name)
        edits.push({
          place: placeOf(use),
          text: ts.isShorthandPropertyAssignment(use.parent) ? `${name}: ${current}` : current,
        });
    if (target === undefined) continue;
    count++;
    current = `${name}${count}`;
    edits.push({ place: placeOf(target), text: `const ${current}` });
  }
  return count === 1 ? [] : [{ title: `Give each value of ${name} a name of its own`, edits, isSafe: false }];
}

function isPlainAssignment(use: ts.Identifier, statement: ts.Statement): boolean {
  return ts.isExpressionStatement(statement) && isTarget(use) && use.parent === statement.expression;
}

function isTarget(use: ts.Identifier): boolean {
  const { parent } = use;
  return (
    ts.isBinaryExpression(parent) && parent.left === use && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken
  );
}

function isWritten(use: ts.Identifier): boolean {
  const { parent } = use;
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) return true;
  return (
    ts.isBinaryExpression(parent) &&
    parent.left === use &&
    parent.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
    parent.operatorToken.kind <= ts.SyntaxKind.LastAssignment
  );
}

function isInFunctionBelow(use: ts.Node, statement: ts.Node): boolean {
  for (let at = use.parent; at !== undefined && at !== statement; at = at.parent)
    if (ts.isFunctionLike(at)) return true;
  return false;
}
