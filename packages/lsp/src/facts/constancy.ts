import { ts } from "../syntax/index.ts";
import type { Linked } from "./link.ts";
import { outermost, unwrap } from "./source.ts";

/** Methods that neither change what they are called on nor hand out a part of it. */
const READING = new Set(["includes", "indexOf", "lastIndexOf", "join", "toString", "hasOwnProperty"]);

/** Tells whether written data can have changed by the time it is read. */
export interface Constancy {
  /** True when nothing can write into the object or array that this declaration, or the JSON file at this path, holds. */
  isUntouched(declaration: ts.Node | string): boolean;
  /** True when the name itself is never assigned again. */
  isAssignedOnce(declaration: ts.Node): boolean;
}

export function constancyOf(linked: Linked): Constancy {
  const untouched = new Map<ts.Node | string, boolean>();
  return {
    isUntouched,
    isAssignedOnce: (declaration) => linked.usesOf(declaration)?.every((use) => !isWritten(use)) ?? false,
  };

  function isUntouched(declaration: ts.Node | string): boolean {
    const known = untouched.get(declaration);
    if (known !== undefined) return known;
    // While it is being judged, a use that leads back here adds nothing new.
    untouched.set(declaration, true);
    const judged = linked.usesOf(declaration)?.every((use) => isReadOnly(use)) ?? false;
    // A judgement that leaned on this one while it was open may be wrong now.
    if (!judged) for (const [other, value] of untouched) if (value) untouched.delete(other);
    untouched.set(declaration, judged);
    return judged;
  }

  /** True when this use of an object reads it, or hands it to somebody who only reads it. */
  function isReadOnly(use: ts.Node): boolean {
    const value = outermost(use);
    const { parent } = value;
    if (ts.isExportSpecifier(parent) || ts.isExpressionStatement(parent)) return true;
    if (ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent)) {
      if (parent.expression !== value) return true;
      const access = outermost(parent);
      if (ts.isCallExpression(access.parent) && access.parent.expression === access)
        return ts.isPropertyAccessExpression(parent) && READING.has(parent.name.text);
      return isReadOnly(parent);
    }
    if (ts.isCallExpression(parent)) return parent.expression === value || isReadingCall(parent);
    if (ts.isShorthandPropertyAssignment(parent)) return isReadOnly(parent.parent);
    if (ts.isPropertyAssignment(parent)) return isReadOnly(parent.parent);
    if (ts.isArrayLiteralExpression(parent)) return isReadOnly(parent);
    if (ts.isSpreadAssignment(parent)) return isReadOnly(parent.parent);
    if (ts.isSpreadElement(parent)) return isReadOnly(parent.parent);
    if (ts.isVariableDeclaration(parent) && parent.initializer === value) return isPatternUntouched(parent.name);
    if (ts.isForOfStatement(parent) && parent.expression === value)
      return (
        ts.isVariableDeclarationList(parent.initializer) &&
        parent.initializer.declarations.every((declaration) => isPatternUntouched(declaration.name))
      );
    if (ts.isExportAssignment(parent)) return isUntouched(parent);
    if (ts.isConditionalExpression(parent)) return parent.condition === value || isReadOnly(parent);
    if (ts.isBinaryExpression(parent)) return isReadingOperator(parent, value);
    return (
      ts.isTypeOfExpression(parent) ||
      ts.isVoidExpression(parent) ||
      (ts.isPrefixUnaryExpression(parent) && parent.operator === ts.SyntaxKind.ExclamationToken) ||
      (ts.isIfStatement(parent) && parent.expression === value)
    );
  }

  function isReadingOperator(binary: ts.BinaryExpression, value: ts.Node): boolean {
    switch (binary.operatorToken.kind) {
      case ts.SyntaxKind.EqualsEqualsEqualsToken:
      case ts.SyntaxKind.ExclamationEqualsEqualsToken:
      case ts.SyntaxKind.InKeyword:
        return true;
      case ts.SyntaxKind.AmpersandAmpersandToken:
      case ts.SyntaxKind.BarBarToken:
      case ts.SyntaxKind.QuestionQuestionToken:
        return isReadOnly(binary);
      case ts.SyntaxKind.CommaToken:
        return binary.left === value || isReadOnly(binary);
      default:
        return false;
    }
  }

  /** Our builders copy what they keep and change nothing; `Object.freeze` hands its argument on, and nobody can write it then. */
  function isReadingCall(call: ts.CallExpression): boolean {
    const callee = unwrap(call.expression);
    const root = rootOf(callee);
    if (root === undefined) return false;
    const binding = linked.bindingOf(root);
    if (binding.kind === "package") return binding.specifier.startsWith("@qmtl/core/");
    if (binding.kind !== "global" || !ts.isPropertyAccessExpression(callee) || callee.expression !== root) return false;
    return binding.name === "Object" && callee.name.text === "freeze" && isReadOnly(call);
  }

  function isPatternUntouched(name: ts.BindingName): boolean {
    // An alias that is assigned again only means something else from then on; what it meant stays as it was.
    if (ts.isIdentifier(name)) return isUntouched(name.parent);
    return name.elements.every((element) => !ts.isBindingElement(element) || isPatternUntouched(element.name));
  }
}

/** The name at the far left of `a.b.c`. */
function rootOf(callee: ts.Expression): ts.Identifier | undefined {
  let root = callee;
  while (ts.isPropertyAccessExpression(root)) root = unwrap(root.expression);
  return ts.isIdentifier(root) ? root : undefined;
}

/** True where the expression is the target of an assignment. */
function isWritten(use: ts.Expression): boolean {
  let target: ts.Node = outermost(use);
  for (;;) {
    const { parent } = target;
    if (ts.isBinaryExpression(parent)) return parent.left === target && isAssignment(parent.operatorToken.kind);
    if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent))
      return parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken;
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

function isAssignment(operator: ts.SyntaxKind): boolean {
  return operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment;
}
