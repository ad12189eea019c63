import { type ModuleReading, placeOf, type ReadFact, unwrap, type Value } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { type CodeIssue, declarationOf, identifierAt } from "../code-issues.ts";
import { type ComputeBody, isInside, walk } from "../compute-body.ts";
import { moveToState } from "../domain-mutable-state-shared/move-to-state.ts";
import { lineOf } from "../edits.ts";
import type { Fix, TextEdit } from "../finding.ts";
import { inputEdits, inputsLiteral, useEdit } from "../input-edits.ts";

/** What is captured, as a node may be given it. */
export interface Captured {
  readonly declared: ts.Node;
  /** As the code writes it: `mean`, `params.level`. */
  readonly text: string;
  /** The last word of it. */
  readonly name: string;
  /** Of a column, a panel or a window. */
  readonly handle?: Value;
}

/** Makes it an input, and reads it there wherever the code of the node means it. */
export function inputFix(
  reading: ModuleReading,
  body: ComputeBody,
  { declared, text, name, handle }: Captured,
): readonly Fix[] {
  const literal = inputsLiteral(body);
  // What is made further down does not exist yet when the inputs are read.
  if (literal === undefined || (declared.end > literal.pos && !isInside(literal, declared))) return [];
  const uses: ts.Node[] = [];
  walk(body.node, (node) => {
    if (!ts.isIdentifier(node) || declarationOf(reading, node) !== declared) return;
    const use = text === node.text ? node : node.parent;
    if (use.getText() === text) uses.push(use);
  });
  const given = inputEdits(reading, body, {
    name,
    value: text,
    isGiven: (read) => handle !== undefined && isSameRead(read, handle),
    ...(text === name && { instead: declared }),
  });
  if (given === undefined || uses.length === 0) return [];
  return [
    {
      title: `Make ${text} an input`,
      edits: [...given.edits, ...uses.flatMap((use) => useEdit(use, given.reads))],
      isSafe: false,
    },
  ];
}

function isSameRead(read: ReadFact, handle: Value): boolean {
  if (handle.kind === "column")
    return read.kind === "column" && read.node === handle.node && read.column === handle.column;
  return handle.kind === "panel" && read.kind === "panel" && read.node === handle.node;
}

/** What to do with a variable that changes and that one node alone uses. */
export function changingFix(reading: ModuleReading, { place, bodies }: CodeIssue): readonly Fix[] {
  const name = identifierAt(reading, place);
  const declared = name === undefined ? undefined : declarationOf(reading, name);
  if (declared === undefined || !ts.isVariableDeclaration(declared)) return [];
  const settled = settledFix(reading, declared);
  return settled.length > 0 || bodies.length !== 1 ? settled : moveToState(reading, declared, bodies);
}

/** `let limit; limit = 4;` at the top of a file, with nothing but functions to see what it was before: it is a const. */
function settledFix(reading: ModuleReading, declared: ts.VariableDeclaration): readonly Fix[] {
  const { name, parent: list } = declared;
  const statement = list.parent;
  if (!ts.isIdentifier(name) || !ts.isVariableDeclarationList(list) || list.declarations.length > 1) return [];
  if (!ts.isVariableStatement(statement) || !ts.isSourceFile(statement.parent)) return [];
  if (statement.modifiers !== undefined || (declared.initializer !== undefined && !isLiteral(declared.initializer)))
    return [];
  const assignments: ts.ExpressionStatement[] = [];
  let isSettled = true;
  for (const { file } of reading.linked.sources)
    walk(file, (node) => {
      if (!ts.isIdentifier(node) || declarationOf(reading, node) !== declared) return;
      const assignment = assignmentTo(node);
      if (assignment !== undefined) assignments.push(assignment);
      else if (isChanged(node) || !isInFunction(node)) isSettled = false;
    });
  const [only] = assignments;
  if (!isSettled || only === undefined || assignments.length > 1 || only.pos < statement.pos) return [];
  const type = declared.type === undefined ? "" : `: ${declared.type.getText()}`;
  const { left, right } = only.expression as ts.BinaryExpression;
  const edits: TextEdit[] = [
    { place: lineOf(statement), text: "" },
    { place: { ...placeOf(left), end: placeOf(right).start }, text: `const ${name.text}${type} = ` },
  ];
  return [{ title: `Declare ${name.text} const, as it is assigned last`, edits, isSafe: false }];
}

/** `limit = 4;` at the top of a file. */
function assignmentTo(name: ts.Identifier): ts.ExpressionStatement | undefined {
  const { parent } = name;
  if (!ts.isBinaryExpression(parent) || parent.left !== name) return undefined;
  if (parent.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return undefined;
  const statement = parent.parent;
  return ts.isExpressionStatement(statement) && ts.isSourceFile(statement.parent) ? statement : undefined;
}

function isChanged(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent))
    return parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken;
  if (ts.isBinaryExpression(parent) && parent.left === name)
    return (
      parent.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      parent.operatorToken.kind <= ts.SyntaxKind.LastAssignment
    );
  // A pattern may be assigned to; what only reads stands in none of these.
  return ts.isArrayLiteralExpression(parent) || ts.isShorthandPropertyAssignment(parent) || ts.isForOfStatement(parent);
}

function isInFunction(node: ts.Node): boolean {
  for (let at: ts.Node = node; at.parent !== undefined; at = at.parent) if (ts.isFunctionLike(at)) return true;
  return false;
}

function isLiteral(expression: ts.Expression): boolean {
  const value = unwrap(expression);
  return ts.isNumericLiteral(value) || ts.isStringLiteralLike(value) || value.kind === ts.SyntaxKind.NullKeyword;
}

/** A `Set` that is only asked what it has becomes a list, and a `Map` that is only read an object. */
export function plainFix(reading: ModuleReading, declared: ts.VariableDeclaration): readonly Fix[] {
  const made = declared.initializer === undefined ? undefined : unwrap(declared.initializer);
  if (made === undefined || !ts.isNewExpression(made) || declared.type !== undefined) return [];
  const [entries] = made.arguments ?? [];
  const list = entries === undefined ? undefined : unwrap(entries);
  if (list === undefined || !ts.isArrayLiteralExpression(list) || made.arguments?.length !== 1) return [];
  const isSet = made.expression.getText() === "Set";
  const edits: TextEdit[] = [];
  const plain = isSet ? list.getText() : objectText(list);
  if (plain === undefined || (!isSet && made.expression.getText() !== "Map")) return [];
  edits.push({ place: placeOf(declared.initializer as ts.Expression), text: plain });
  let isPlain = true;
  for (const { file } of reading.linked.sources)
    walk(file, (node) => {
      if (!ts.isIdentifier(node) || declarationOf(reading, node) !== declared) return;
      const edit = readingEdit(node, isSet);
      if (edit === undefined) isPlain = false;
      else edits.push(edit);
    });
  const title = isSet ? "Use a list instead" : "Use an object instead";
  return isPlain ? [{ title, edits, isSafe: false }] : [];
}

function objectText(list: ts.ArrayLiteralExpression): string | undefined {
  const entries: string[] = [];
  for (const element of list.elements) {
    const pair = unwrap(element);
    const [key, value] = ts.isArrayLiteralExpression(pair) && pair.elements.length === 2 ? pair.elements : [];
    if (key === undefined || value === undefined || !ts.isStringLiteral(unwrap(key))) return undefined;
    entries.push(`${key.getText()}: ${value.getText()}`);
  }
  return entries.length === 0 ? undefined : `{ ${entries.join(", ")} }`;
}

/** `.has(x)` of a set, `.get(x)` of a map. */
function readingEdit(name: ts.Identifier, isSet: boolean): TextEdit | undefined {
  const access = name.parent;
  if (!ts.isPropertyAccessExpression(access) || access.expression !== name) return undefined;
  const call = access.parent;
  if (!ts.isCallExpression(call) || call.expression !== access || call.arguments.length !== 1) return undefined;
  if (isSet) return access.name.text === "has" ? { place: placeOf(access.name), text: "includes" } : undefined;
  const [key] = call.arguments;
  if (access.name.text !== "get" || key === undefined) return undefined;
  return { place: { ...placeOf(call), start: placeOf(name).end }, text: `[${key.getText()}]` };
}
