import { ts } from "../syntax/index.ts";
import type { Binding, Linked } from "./link.ts";
import { outermost, unwrap } from "./source.ts";

/** Methods that neither change what they are called on nor hand out a part of it. */
const READING: readonly string[] = ["includes", "indexOf", "lastIndexOf", "join"];

/** Methods of arrays that hand out their elements: harmless where these are plain constants. */
const HANDING_OUT: readonly string[] = [
  "at",
  "concat",
  "every",
  "filter",
  "find",
  "findIndex",
  "flatMap",
  "forEach",
  "map",
  "slice",
  "some",
  "toReversed",
  "toSorted",
];

/** Tells whether written data can have changed by the time it is read. */
export interface Constancy {
  /** True when nothing can write into the object or array that this declaration, or the JSON file at this path, holds. */
  isUntouched(declaration: ts.Node | string): boolean;
  /** The same where the parts of the object are known to be frozen: only writing into the object itself counts. */
  isUntouchedAtTop(declaration: ts.Node): boolean;
  /** True when the name itself is never assigned again. */
  isAssignedOnce(declaration: ts.Node): boolean;
}

export function constancyOf(linked: Linked): Constancy {
  const untouched = new Map<ts.Node | string, boolean>();
  // Text that is run as code may write anything it can see.
  const hidden = linked.globals.has("eval");
  return {
    isUntouched,
    isUntouchedAtTop: (declaration) =>
      !hidden && !linked.globals.has("arguments") && (linked.usesOf(declaration)?.every(readsMember) ?? false),
    isAssignedOnce: (declaration) => !hidden && (linked.usesOf(declaration)?.every((use) => !isWritten(use)) ?? false),
  };

  function isUntouched(declaration: ts.Node | string): boolean {
    const known = untouched.get(declaration);
    if (known !== undefined) return known;
    // While it is being judged, a use that leads back here adds nothing new.
    untouched.set(declaration, true);
    const judged = !hidden && (linked.usesOf(declaration)?.every((use) => isReadOnly(use)) ?? false);
    // A judgement that leaned on this one while it was open may be wrong now.
    if (!judged) for (const [other, value] of untouched) if (value) untouched.delete(other);
    untouched.set(declaration, judged);
    return judged;
  }

  /** True where a use does no more than read a member, whatever happens to the member then. */
  function readsMember(use: ts.Expression): boolean {
    const value = outermost(use);
    const { parent } = value;
    if (ts.isPropertyAccessExpression(parent)) return !isWritten(parent);
    return (ts.isVariableDeclaration(parent) && !ts.isIdentifier(parent.name)) || isReadOnly(use);
  }

  /** True when this use of an object reads it, or hands it to somebody who only reads it. */
  function isReadOnly(use: ts.Node): boolean {
    const value = outermost(use);
    const { parent } = value;
    if (ts.isExportSpecifier(parent) || ts.isExpressionStatement(parent)) return true;
    if (ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent)) {
      if (parent.expression !== value) return true;
      const access = outermost(parent);
      const call = access.parent;
      if (isConstant(writtenAs(parent))) return !isWritten(parent);
      if (!ts.isCallExpression(call) || call.expression !== access) return isReadOnly(parent);
      if (!ts.isPropertyAccessExpression(parent)) return false;
      const method = parent.name.text;
      return READING.includes(method) || (HANDING_OUT.includes(method) && isConstants(value) && !seesArray(call));
    }
    if (ts.isCallExpression(parent)) return parent.expression === value || isReadingCall(parent);
    if (ts.isShorthandPropertyAssignment(parent)) return isReadOnly(parent.parent);
    if (ts.isPropertyAssignment(parent)) return isReadOnly(parent.parent);
    if (ts.isArrayLiteralExpression(parent)) return isReadOnly(parent);
    if (ts.isSpreadAssignment(parent)) return isReadOnly(parent.parent);
    if (ts.isSpreadElement(parent)) return isSpreadReadOnly(parent.parent, value);
    if (ts.isVariableDeclaration(parent) && parent.initializer === value) return isPatternUntouched(parent.name, value);
    if (ts.isForOfStatement(parent) && parent.expression === value)
      return (
        ts.isVariableDeclarationList(parent.initializer) &&
        parent.initializer.declarations.every((declaration) => isPatternUntouched(declaration.name, undefined))
      );
    if (ts.isExportAssignment(parent)) return isUntouched(parent);
    if (ts.isConditionalExpression(parent)) return parent.condition === value || isReadOnly(parent);
    if (ts.isBinaryExpression(parent)) return isReadingOperator(parent, value);
    return (
      ts.isTypeOfExpression(parent) ||
      ts.isVoidExpression(parent) ||
      (ts.isTemplateSpan(parent) && !ts.isTaggedTemplateExpression(parent.parent.parent)) ||
      (ts.isPrefixUnaryExpression(parent) && !isStep(parent.operator)) ||
      (ts.isIfStatement(parent) && parent.expression === value)
    );
  }

  function isReadingOperator(binary: ts.BinaryExpression, value: ts.Node): boolean {
    switch (binary.operatorToken.kind) {
      case ts.SyntaxKind.AmpersandAmpersandToken:
      case ts.SyntaxKind.BarBarToken:
      case ts.SyntaxKind.QuestionQuestionToken:
        return isReadOnly(binary);
      case ts.SyntaxKind.CommaToken:
        return binary.left === value || isReadOnly(binary);
      default:
        return !isAssignment(binary.operatorToken.kind);
    }
  }

  function isSpreadReadOnly(into: ts.Node, value: ts.Node): boolean {
    if (ts.isArrayLiteralExpression(into)) return isReadOnly(into);
    return isConstants(value) || (ts.isCallExpression(into) && isReadingCall(into));
  }

  /** True for an array that is written with plain constants alone. */
  function isConstants(array: ts.Node): boolean {
    const written = writtenAs(array);
    return ts.isArrayLiteralExpression(written) && written.elements.every(isConstant);
  }

  /** The syntax that a chain of const names and members was written as. */
  function writtenAs(node: ts.Node, steps = 0): ts.Node {
    const expression = ts.isExpression(node) ? unwrap(node) : node;
    if (steps > 20) return expression;
    if (ts.isIdentifier(expression)) {
      const binding = linked.bindingOf(expression);
      const declaration = binding.kind === "declaration" ? binding.node : undefined;
      const isConst =
        declaration !== undefined &&
        ts.isVariableDeclaration(declaration) &&
        declaration.initializer !== undefined &&
        (declaration.parent.flags & ts.NodeFlags.Const) !== 0;
      return isConst ? writtenAs(declaration.initializer, steps + 1) : expression;
    }
    if (!ts.isPropertyAccessExpression(expression)) return expression;
    const member = memberOf(writtenAs(expression.expression, steps + 1), expression.name.text);
    return member === undefined ? expression : writtenAs(member, steps + 1);
  }

  /** Our builders copy what they keep and change nothing; `Object.freeze` hands its argument on, and nobody can write it then. */
  function isReadingCall(call: ts.CallExpression): boolean {
    const callee = unwrap(call.expression);
    const root = rootOf(callee);
    if (root === undefined) return false;
    const binding = followAliases(linked.bindingOf(root));
    if (binding.kind === "package") return binding.specifier.startsWith("@qmtl/core/");
    if (binding.kind !== "global" || !ts.isPropertyAccessExpression(callee) || callee.expression !== root) return false;
    return binding.name === "Object" && callee.name.text === "freeze" && isReadOnly(call);
  }

  /** What a const means that is another name of something. */
  function followAliases(binding: Binding): Binding {
    let meant = binding;
    for (let steps = 0; steps < 10 && meant.kind === "declaration"; steps++) {
      const { node } = meant;
      if (!ts.isVariableDeclaration(node) || node.initializer === undefined) return meant;
      if ((node.parent.flags & ts.NodeFlags.Const) === 0) return meant;
      const root = rootOf(unwrap(node.initializer));
      if (root === undefined) return meant;
      meant = linked.bindingOf(root);
    }
    return meant;
  }

  function isPatternUntouched(name: ts.BindingName, value: ts.Node | undefined): boolean {
    // An alias that is assigned again only means something else from then on; what it meant stays as it was.
    if (ts.isIdentifier(name)) return isUntouched(name.parent);
    const written = value === undefined ? undefined : writtenAs(value);
    return name.elements.every((element) => {
      if (!ts.isBindingElement(element)) return true;
      if (element.dotDotDotToken !== undefined) return isPatternUntouched(element.name, undefined);
      const key = element.propertyName ?? element.name;
      const member = written === undefined || !ts.isIdentifier(key) ? undefined : memberOf(written, key.text);
      return (member !== undefined && isConstant(writtenAs(member))) || isPatternUntouched(element.name, member);
    });
  }
}

function isConstant(node: ts.Node): boolean {
  const written = ts.isExpression(node) ? unwrap(node) : node;
  if (ts.isPrefixUnaryExpression(written)) return isConstant(written.operand);
  return (
    ts.isNumericLiteral(written) ||
    ts.isStringLiteralLike(written) ||
    written.kind === ts.SyntaxKind.TrueKeyword ||
    written.kind === ts.SyntaxKind.FalseKeyword
  );
}

/** The one place where an object literal without spreads says what a member is. */
function memberOf(object: ts.Node, name: string): ts.Expression | undefined {
  if (!ts.isObjectLiteralExpression(object) || object.properties.some((property) => ts.isSpreadAssignment(property)))
    return undefined;
  const named = object.properties.filter(
    (property) => property.name !== undefined && ts.isIdentifier(property.name) && property.name.text === name,
  );
  const [only] = named;
  return only !== undefined && named.length === 1 && ts.isPropertyAssignment(only) ? only.initializer : undefined;
}

/** The name at the far left of `a.b.c`. */
function rootOf(callee: ts.Expression): ts.Identifier | undefined {
  let root = callee;
  while (ts.isPropertyAccessExpression(root)) root = unwrap(root.expression);
  return ts.isIdentifier(root) ? root : undefined;
}

/** True where a callback of the call could get hold of the array itself. */
function seesArray(call: ts.CallExpression): boolean {
  return call.arguments.some((argument) => {
    const callback = unwrap(argument);
    if (isConstant(callback)) return false;
    return (
      !ts.isArrowFunction(callback) ||
      callback.parameters.length > 2 ||
      callback.parameters.some((each) => each.dotDotDotToken)
    );
  });
}

/** True where the expression is the target of an assignment, or deleted. */
function isWritten(use: ts.Expression): boolean {
  let target: ts.Node = outermost(use);
  for (;;) {
    const { parent } = target;
    if (ts.isBinaryExpression(parent)) return parent.left === target && isAssignment(parent.operatorToken.kind);
    if (ts.isDeleteExpression(parent)) return true;
    if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) return isStep(parent.operator);
    if (ts.isForOfStatement(parent) || ts.isForInStatement(parent)) return parent.initializer === target;
    const isPattern =
      ts.isArrayLiteralExpression(parent) ||
      ts.isObjectLiteralExpression(parent) ||
      ts.isSpreadElement(parent) ||
      ts.isSpreadAssignment(parent) ||
      ts.isShorthandPropertyAssignment(parent) ||
      (ts.isPropertyAssignment(parent) && parent.initializer === target);
    if (!isPattern) return false;
    target = outermost(parent);
  }
}

function isStep(operator: ts.SyntaxKind): boolean {
  return operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken;
}

function isAssignment(operator: ts.SyntaxKind): boolean {
  return operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment;
}
