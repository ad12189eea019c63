import { outermost } from "../facts/index.ts";
import { ts } from "../syntax/index.ts";

/** An expression that stands where something else is wanted. */
export interface Slot {
  readonly expression: ts.Expression;
  readonly found: ts.Type;
  readonly wanted: ts.Type;
  /** The call that takes it, when one does. */
  readonly call: ts.CallExpression | undefined;
  /** Properties that lead from the call's argument down to it, the outermost first. */
  readonly path: readonly string[];
}

/** The outermost syntax that stands exactly there, or else the smallest that holds it. */
export function nodeAt(file: ts.SourceFile, start: number, end: number): ts.Node {
  let best: ts.Node = file;
  const visit = (node: ts.Node): void => {
    if (node.getStart(file) > start || node.end < end) return;
    const isExact = best !== file && best.getStart(file) === start && best.end === end;
    if (isExact) return;
    best = node;
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  return best;
}

/** What TypeScript points at, as the expression that it is about; undefined where it points at something else. */
export function slotAt(checker: ts.TypeChecker, node: ts.Node): Slot | undefined {
  const short = ts.isShorthandPropertyAssignment(node) ? node : node.parent;
  if (ts.isShorthandPropertyAssignment(short)) {
    const symbol = checker.getShorthandAssignmentValueSymbol(short);
    const target = checker.getContextualType(short.parent);
    if (symbol === undefined) return undefined;
    const found = checker.getTypeOfSymbolAtLocation(symbol, short.name);
    const wanted = target === undefined ? undefined : propertyType(checker, target, short.name.text);
    return { expression: short.name, found, wanted: wanted ?? found, ...above(short) };
  }
  const expression = expressionAt(node);
  const wanted = expression === undefined ? undefined : checker.getContextualType(expression);
  if (expression === undefined || wanted === undefined) return undefined;
  return { expression, found: checker.getTypeAtLocation(expression), wanted, ...above(expression) };
}

function expressionAt(node: ts.Node): ts.Expression | undefined {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return parent.initializer;
  if (ts.isVariableDeclaration(parent) && parent.name === node) return parent.initializer;
  if (ts.isReturnStatement(node)) return node.expression;
  return ts.isExpression(node) ? node : undefined;
}

function propertyType(checker: ts.TypeChecker, type: ts.Type, name: string): ts.Type | undefined {
  const symbol = checker.getPropertyOfType(type, name);
  return symbol === undefined ? checker.getIndexTypeOfType(type, ts.IndexKind.String) : checker.getTypeOfSymbol(symbol);
}

function above(from: ts.Node): Pick<Slot, "call" | "path"> {
  const path: string[] = [];
  for (let node = outermost(from); ; ) {
    const { parent } = node;
    if (ts.isShorthandPropertyAssignment(node) || ts.isPropertyAssignment(node)) {
      path.unshift(ts.isIdentifier(node.name) || ts.isStringLiteral(node.name) ? node.name.text : "");
      node = outermost(parent);
    } else if (ts.isPropertyAssignment(parent) && parent.initializer === node) node = parent;
    else if (ts.isCallExpression(parent) && parent.expression !== node) return { call: parent, path };
    else return { call: undefined, path };
  }
}
