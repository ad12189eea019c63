import { isReference, type ModuleReading, placeOf, unwrap } from "../facts/index.ts";
import { ts } from "../syntax/index.ts";
import { declarationOf } from "./code-issues.ts";
import { isInside, walk } from "./compute-body.ts";
import type { Fix } from "./finding.ts";

/** Writes what a function of one expression returns in the place of its call; nothing where that could mean something else. */
export function inlineFix(reading: ModuleReading, call: ts.Node): readonly Fix[] {
  if (!ts.isCallExpression(call)) return [];
  const text = inlined(reading, call);
  if (text === undefined) return [];
  return [
    { title: `Write out ${call.expression.getText()}(…)`, edits: [{ place: placeOf(call), text }], isSafe: false },
  ];
}

function inlined(reading: ModuleReading, call: ts.CallExpression): string | undefined {
  const callee = unwrap(call.expression);
  const declared = ts.isIdentifier(callee) ? declarationOf(reading, callee) : undefined;
  const helper = declared === undefined ? undefined : expressionFunction(declared);
  if (helper === undefined || helper.body.getSourceFile() !== call.getSourceFile()) return undefined;
  return substituted(reading, helper, call.arguments, call);
}

export interface ExpressionFunction {
  readonly parameters: readonly ts.ParameterDeclaration[];
  readonly body: ts.Expression;
}

/** `(n) => sma(close, n)`, `function mean(n) { return sma(close, n); }` */
function expressionFunction(declared: ts.Node): ExpressionFunction | undefined {
  if (ts.isFunctionDeclaration(declared)) return functionOf(declared);
  if (!ts.isVariableDeclaration(declared) || declared.initializer === undefined) return undefined;
  if ((declared.parent.flags & ts.NodeFlags.Const) === 0) return undefined;
  const value = unwrap(declared.initializer);
  return ts.isArrowFunction(value) || ts.isFunctionExpression(value) ? functionOf(value) : undefined;
}

export function functionOf(
  node: ts.ArrowFunction | ts.FunctionExpression | ts.FunctionDeclaration,
): ExpressionFunction | undefined {
  const { body, parameters } = node;
  if (body === undefined || node.asteriskToken !== undefined) return undefined;
  if (node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) === true) return undefined;
  if (!ts.isBlock(body)) return { parameters, body };
  const [only] = body.statements;
  if (body.statements.length !== 1 || only === undefined || !ts.isReturnStatement(only)) return undefined;
  return only.expression === undefined ? undefined : { parameters, body: only.expression };
}

/** The body with arguments for parameters; undefined where a name would mean something else at `at`. */
export function substituted(
  reading: ModuleReading,
  { parameters, body }: ExpressionFunction,
  given: readonly ts.Expression[],
  at: ts.Node,
): string | undefined {
  if (given.length !== parameters.length || given.some(ts.isSpreadElement)) return undefined;
  const values = new Map<ts.Node, ts.Expression>();
  for (const [index, parameter] of parameters.entries()) {
    const value = given[index];
    if (!ts.isIdentifier(parameter.name) || parameter.initializer !== undefined) return undefined;
    if (parameter.dotDotDotToken !== undefined || value === undefined) return undefined;
    values.set(parameter, value);
  }
  const uses = new Map<ts.Node, number>();
  const start = body.getStart();
  const edits: { readonly from: number; readonly to: number; readonly text: string }[] = [];
  let isSound = true;
  walk(body, (node) => {
    if (node.kind === ts.SyntaxKind.ThisKeyword) isSound = false;
    if (!ts.isIdentifier(node) || !isReference(node)) return;
    const declared = declarationOf(reading, node);
    const value = declared === undefined ? undefined : values.get(declared);
    if (value !== undefined && declared !== undefined) {
      uses.set(declared, (uses.get(declared) ?? 0) + 1);
      const text = isWord(value) ? value.getText() : `(${value.getText()})`;
      edits.push({
        from: node.getStart() - start,
        to: node.end - start,
        text: ts.isShorthandPropertyAssignment(node.parent) ? `${node.text}: ${text}` : text,
      });
    } else if (declared === undefined || !isInside(declared, body)) {
      if (!isInSight(node.text, declared, at)) isSound = false;
    }
  });
  // What is written twice is made twice, unless it is a word; and a name of the call's place must not be caught by one of the body.
  for (const [parameter, value] of values) {
    if (!isWord(value) && uses.get(parameter) !== 1) isSound = false;
    walk(value, (node) => {
      if (ts.isIdentifier(node) && isReference(node) && declaresName(body, node.text)) isSound = false;
    });
  }
  if (!isSound) return undefined;
  let text = body.getText();
  for (const { from, to, text: by } of edits.toSorted((a, b) => b.from - a.from))
    text = text.slice(0, from) + by + text.slice(to);
  return isWord(body) || ts.isCallExpression(body) || ts.isParenthesizedExpression(body) || !isOperand(at)
    ? text
    : `(${text})`;
}

/** A literal, a name, or a member of one: reading it twice is reading it once. */
export function isWord(expression: ts.Expression): boolean {
  if (ts.isPropertyAccessExpression(expression)) return isWord(expression.expression);
  if (ts.isPrefixUnaryExpression(expression)) return ts.isNumericLiteral(expression.operand);
  return ts.isIdentifier(expression) || ts.isNumericLiteral(expression) || ts.isStringLiteralLike(expression);
}

/** True where something stands around an expression that could take a part of it for itself. */
function isOperand({ parent }: ts.Node): boolean {
  return (
    ts.isBinaryExpression(parent) ||
    ts.isPrefixUnaryExpression(parent) ||
    ts.isPropertyAccessExpression(parent) ||
    ts.isElementAccessExpression(parent) ||
    ts.isConditionalExpression(parent)
  );
}

/** True where a name means the same at a place: nothing between the two has it. Without a declaration it is imported, or of the language. */
function isInSight(name: string, declared: ts.Node | undefined, at: ts.Node): boolean {
  const home = declared === undefined ? at.getSourceFile() : blockOf(declared);
  for (let block = blockOf(at); block !== home; block = blockOf(block))
    if (ts.isSourceFile(block) || declaresName(block, name)) return false;
  return true;
}

function blockOf(node: ts.Node): ts.Node {
  let at = node.parent;
  while (!ts.isSourceFile(at) && !ts.isBlock(at) && !ts.isFunctionLike(at)) at = at.parent;
  return at;
}

function declaresName(root: ts.Node, name: string): boolean {
  let declares = false;
  walk(root, (node) => {
    if (!ts.isVariableDeclaration(node) && !ts.isParameter(node) && !ts.isBindingElement(node)) {
      if (!ts.isFunctionDeclaration(node) && !ts.isClassDeclaration(node)) return;
    }
    if (node.name !== undefined && ts.isIdentifier(node.name) && node.name.text === name) declares = true;
  });
  return declares;
}
