import type { Cell } from "@qmtl/core/static";
import { type FunctionSyntax, outermost, placeOf, returnedExpressions, unwrap } from "../facts/index.ts";
import { ts } from "../syntax/index.ts";
import type { TypeProblem } from "./problem.ts";
import type { Reading } from "./read-problems.ts";

/** The `compute` of a node whose outputs TypeScript refuses. */
interface Compute {
  readonly body: FunctionSyntax;
  readonly spec: ts.ObjectLiteralExpression;
}

const BUILDERS: readonly string[] = ["node", "aggregate"];
const BUILDER_FILE = /[\\/]strategy[\\/]node\.(d\.)?[mc]?ts$/;

/** The compute that a diagnostic is about: at its name, at something that it returns, or at a property of that. */
export function computeAround({ checker }: Reading, node: ts.Node): Compute | undefined {
  const named = functionNamed(node);
  const body = named ?? ts.findAncestor(node, isFunction);
  if (body === undefined || (named === undefined && !isReturned(body, node))) return undefined;
  const property = ts.isMethodDeclaration(body) ? body : outermost(body).parent;
  if (!ts.isMethodDeclaration(property) && !ts.isPropertyAssignment(property)) return undefined;
  if (!ts.isIdentifier(property.name) || property.name.text !== "compute") return undefined;
  const spec = property.parent;
  const call = outermost(spec).parent;
  if (!ts.isObjectLiteralExpression(spec) || !ts.isCallExpression(call)) return undefined;
  const declared = checker.getResolvedSignature(call)?.declaration;
  if (declared === undefined || !ts.isFunctionDeclaration(declared)) return undefined;
  const isOurs = BUILDER_FILE.test(declared.getSourceFile().fileName);
  return isOurs && BUILDERS.includes(declared.name?.text ?? "") ? { body, spec } : undefined;
}

/** `compute` itself, when a diagnostic points at its name. */
function functionNamed(node: ts.Node): FunctionSyntax | undefined {
  const { parent } = node;
  if (ts.isMethodDeclaration(parent) && parent.name === node) return parent;
  if (!ts.isPropertyAssignment(parent) || parent.name !== node) return undefined;
  const value = unwrap(parent.initializer);
  return ts.isArrowFunction(value) || ts.isFunctionExpression(value) ? value : undefined;
}

function isReturned(body: FunctionSyntax, node: ts.Node): boolean {
  if (ts.isReturnStatement(node)) return true;
  return returnedExpressions(body).some((returned) => {
    if (node === returned || outermost(returned) === node || unwrap(node as ts.Expression) === returned) return true;
    const property = ts.isObjectLiteralElementLike(node) ? node : node.parent;
    return ts.isObjectLiteralElementLike(property) && property.parent === returned;
  });
}

function isFunction(node: ts.Node): node is FunctionSyntax {
  return (
    ts.isArrowFunction(node) ||
    ts.isFunctionExpression(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node)
  );
}

/** Where what `compute` gives differs from what `output` declares. */
export function outputProblems({ checker, handles }: Reading, { body, spec }: Compute): readonly TypeProblem[] {
  const output = checker.getPropertyOfType(checker.getTypeAtLocation(spec), "output");
  const cells = new Map<string, Cell | undefined>(
    output === undefined
      ? []
      : checker
          .getTypeOfSymbol(output)
          .getProperties()
          .map((each) => [each.name, handles.cell(checker.getTypeOfSymbol(each))]),
  );
  const declared = [...cells.keys()];
  if (declared.length === 0) return [];
  return returnedExpressions(body).flatMap((returned) => {
    const type = checker.getTypeAtLocation(returned);
    return (type.isUnion() ? type.types : [type]).flatMap((part): TypeProblem[] => {
      const isOpen = (part.flags & ts.TypeFlags.Object) === 0 || checker.getPropertyOfType(part, "then") !== undefined;
      if (isOpen) return [];
      const given = new Map(part.getProperties().map((each) => [each.name, each]));
      const missing = declared.filter((name) => {
        const symbol = given.get(name);
        return symbol === undefined || (symbol.flags & ts.SymbolFlags.Optional) !== 0;
      });
      const problems: TypeProblem[] = [];
      for (const [name, symbol] of given) {
        const value = checker.getTypeOfSymbol(symbol);
        const place = placeOf(keyIn(returned, name) ?? returned);
        const cell = cells.get(name);
        if (!cells.has(name)) {
          if ((value.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Never)) === 0)
            problems.push({ kind: "undeclared-output", place, name, declared });
        } else if (cell !== undefined && !missing.includes(name) && !isGiven(value, cell))
          problems.push({ kind: "wrong-output", place, name, cell, found: checker.typeToString(value) });
      }
      if (missing.length > 0) problems.push({ kind: "missing-outputs", place: placeOf(returned), missing, declared });
      return problems;
    });
  });

  /** True as well where nothing is known of the value. */
  function isGiven(value: ts.Type, cell: Cell): boolean {
    if ((value.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter)) !== 0) return true;
    if (value.isUnion()) return value.types.every((part) => isGiven(part, cell));
    switch (cell.dtype) {
      case "f64":
      case "i32":
        return checker.isTypeAssignableTo(value, checker.getNumberType());
      case "bool":
        return checker.isTypeAssignableTo(value, checker.getBooleanType());
      case "categorical":
        return value.isStringLiteral() && cell.values.includes(value.value);
    }
  }
}

function keyIn(returned: ts.Expression, name: string): ts.Node | undefined {
  if (!ts.isObjectLiteralExpression(returned)) return undefined;
  const property = returned.properties.find((each) => {
    const key = each.name;
    return key !== undefined && (ts.isIdentifier(key) || ts.isStringLiteralLike(key)) && key.text === name;
  });
  return property?.name;
}
