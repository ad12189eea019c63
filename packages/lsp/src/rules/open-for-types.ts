import type { Cell } from "@qmtl/core/static";
import { type CauseCode, keysOf, type ModuleReading, returnedExpressions, unwrap } from "../facts/index.ts";
import { ts } from "../syntax/index.ts";
import { isNumber } from "./cell-needs.ts";
import { declarationOf } from "./code-issues.ts";
import { type ComputeBody, walk } from "./compute-body.ts";
import { cellOf } from "./graph-reads.ts";

/** Causes that a rule has told already, or that no type knows more of. */
const TOLD: ReadonlySet<CauseCode> = new Set<CauseCode>([
  "no-such-column",
  "missing-column",
  "no-such-param",
  "missing",
  "cycle",
  "refused",
  "syntax",
]);

/** Where the builders come from. */
const BUILDERS: readonly string[] = ["@qmtl/core/strategy", "@qmtl/core/indicators"];

/**
 * The files of a module that hold something which text alone does not tell and types do: a graph that is made by functions of the
 * author's own, columns and windows that go through them, what a `compute` gives back.
 */
export function openForTypes(reading: ModuleReading, bodies: readonly ComputeBody[]): ReadonlySet<string> {
  const { facts } = reading;
  const built = reading.linked.sources.filter(({ file }) => usesBuilders(file)).map(({ path }) => path);
  const isOpen =
    facts.strategies.length === 0 ||
    facts.strategies.some(({ unread }) => unread.some(({ cause }) => !TOLD.has(cause.code)));
  if (isOpen) return new Set(built);
  const open = new Set<string>();
  for (const body of bodies) {
    const path = body.node.getSourceFile().fileName;
    if (body.kind === "compute" && body.fact.kind !== "cross-section" && !isGivenAsDeclared(reading, body))
      open.add(path);
    // What an own function does with a window stands in a file of its own.
    if (lendsWindow(body)) for (const each of [path, ...built]) open.add(each);
  }
  return open;
}

function usesBuilders(file: ts.SourceFile): boolean {
  return file.statements.some(
    (statement) =>
      ts.isImportDeclaration(statement) &&
      ts.isStringLiteral(statement.moduleSpecifier) &&
      BUILDERS.includes(statement.moduleSpecifier.text),
  );
}

/** True where every value that a `compute` returns is seen to be of the dtype that its output declares. */
function isGivenAsDeclared(reading: ModuleReading, body: ComputeBody): boolean {
  const { output } = body.fact;
  if (output.kind !== "output") return false;
  const cells = new Map(output.columns.map(({ name, cell }) => [name, cell.kind === "cell" ? cell.cell : undefined]));
  return returnedExpressions(body.node).every((returned) => {
    const keys = keysOf(returned);
    if (keys === undefined) return false;
    return [...keys].every(([name, property]) => {
      const cell = cells.get(name);
      // What is not declared is told by the rule.
      if (!cells.has(name)) return true;
      const value = ts.isPropertyAssignment(property)
        ? property.initializer
        : ts.isShorthandPropertyAssignment(property)
          ? property.name
          : undefined;
      return cell !== undefined && value !== undefined && isOf(reading, body, value, cell);
    });
  });
}

/** An own function is called with a window, or with a panel of them. */
function lendsWindow(body: ComputeBody): boolean {
  let found = false;
  walk(body.node, (node) => {
    if (!ts.isCallExpression(node)) return;
    found ||= node.arguments.some((argument) => {
      const use = body.inputOf(argument);
      const read = use?.input?.read;
      return use !== undefined && (read === undefined || read.kind === "window" || read.kind === "window-panel");
    });
  });
  return found;
}

type Kind = "number" | "boolean" | { readonly words: readonly string[] };

function isOf(reading: ModuleReading, body: ComputeBody, value: ts.Expression, cell: Cell): boolean {
  const kind = kindOf(value, 0);
  if (kind === undefined) return false;
  if (typeof kind === "string") return kind === (isNumber(cell) ? "number" : cell.dtype === "bool" ? "boolean" : "");
  return cell.dtype === "categorical" && kind.words.every((word) => cell.values.includes(word));

  function kindOf(expression: ts.Expression, depth: number): Kind | undefined {
    const inner = unwrap(expression);
    if (depth > MOST_STEPS) return undefined;
    const next = (of: ts.Expression): Kind | undefined => kindOf(of, depth + 1);
    if (ts.isNumericLiteral(inner)) return "number";
    if (ts.isStringLiteralLike(inner)) return { words: [inner.text] };
    if (inner.kind === ts.SyntaxKind.TrueKeyword || inner.kind === ts.SyntaxKind.FalseKeyword) return "boolean";
    if (ts.isPrefixUnaryExpression(inner))
      return inner.operator === ts.SyntaxKind.ExclamationToken ? "boolean" : "number";
    if (ts.isConditionalExpression(inner)) return same(next(inner.whenTrue), next(inner.whenFalse));
    if (ts.isBinaryExpression(inner)) return kindOfOperation(inner, next);
    if (ts.isCallExpression(inner)) return kindOfCall(inner);
    return kindOfInput(inner) ?? (ts.isIdentifier(inner) ? kindOfName(inner, next) : undefined);
  }

  function kindOfInput(expression: ts.Expression): Kind | undefined {
    const use = body.inputOf(expression);
    const read = use?.input?.read;
    if (use === undefined || read === undefined) return undefined;
    const strategy = reading.facts.strategies[body.strategy];
    const [column] = use.members;
    if (read.kind === "constant")
      return read.value.kind === "literal" && typeof read.value.value === "number" ? "number" : undefined;
    if (strategy === undefined) return undefined;
    const of =
      read.kind === "column" && use.members.length === 0
        ? cellOf(strategy, read)
        : read.kind === "panel" && column !== undefined && use.members.length === 1
          ? cellOf(strategy, { kind: "column", node: read.node, column, at: read.at })
          : undefined;
    if (of === undefined) return undefined;
    if (isNumber(of)) return "number";
    return of.dtype === "bool" ? "boolean" : { words: of.values };
  }

  function kindOfName(name: ts.Identifier, next: (of: ts.Expression) => Kind | undefined): Kind | undefined {
    if (name.text === "NaN" || name.text === "Infinity") return "number";
    const declared = declarationOf(reading, name);
    if (declared === undefined || !ts.isVariableDeclaration(declared)) return undefined;
    const isConst = (declared.parent.flags & ts.NodeFlags.Const) !== 0;
    if (!isConst || declared.initializer === undefined) return undefined;
    return declared.type === undefined ? next(declared.initializer) : kindOfType(declared.type);
  }

  /** A number of the language, a bar of a window, or what an own function says that it returns. */
  function kindOfCall({ expression }: ts.CallExpression): Kind | undefined {
    const callee = unwrap(expression);
    if (ts.isPropertyAccessExpression(callee)) {
      const of = unwrap(callee.expression);
      if (ts.isIdentifier(of) && declarationOf(reading, of) === undefined) {
        if (of.text === "Math") return "number";
        if (of.text === "Number" && callee.name.text.startsWith("is")) return "boolean";
      }
      return undefined;
    }
    const declared = ts.isIdentifier(callee) ? declarationOf(reading, callee) : undefined;
    if (declared === undefined) return undefined;
    const value =
      ts.isVariableDeclaration(declared) && declared.initializer !== undefined
        ? unwrap(declared.initializer)
        : declared;
    return ts.isFunctionLike(value) && value.type !== undefined ? kindOfType(value.type) : undefined;
  }
}

/** A chain of names longer than that is nothing that anybody writes. */
const MOST_STEPS = 20;

function kindOfType({ kind }: ts.TypeNode): Kind | undefined {
  if (kind === ts.SyntaxKind.NumberKeyword) return "number";
  return kind === ts.SyntaxKind.BooleanKeyword ? "boolean" : undefined;
}

function kindOfOperation(
  { operatorToken: { kind }, left, right }: ts.BinaryExpression,
  of: (expression: ts.Expression) => Kind | undefined,
): Kind | undefined {
  switch (kind) {
    case ts.SyntaxKind.MinusToken:
    case ts.SyntaxKind.AsteriskToken:
    case ts.SyntaxKind.SlashToken:
    case ts.SyntaxKind.PercentToken:
    case ts.SyntaxKind.AsteriskAsteriskToken:
      return "number";
    case ts.SyntaxKind.GreaterThanToken:
    case ts.SyntaxKind.GreaterThanEqualsToken:
    case ts.SyntaxKind.LessThanToken:
    case ts.SyntaxKind.LessThanEqualsToken:
    case ts.SyntaxKind.EqualsEqualsEqualsToken:
    case ts.SyntaxKind.ExclamationEqualsEqualsToken:
      return "boolean";
    case ts.SyntaxKind.PlusToken:
      return same(of(left), of(right)) === "number" ? "number" : undefined;
    case ts.SyntaxKind.AmpersandAmpersandToken:
    case ts.SyntaxKind.BarBarToken:
      return same(of(left), of(right)) === "boolean" ? "boolean" : undefined;
    default:
      return undefined;
  }
}

function same(a: Kind | undefined, b: Kind | undefined): Kind | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (typeof a === "string" || typeof b === "string") return a === b ? a : undefined;
  return { words: [...a.words, ...b.words] };
}
