import { placeBetween, placeOf, unwrap } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { domainOfAlias } from "../domain-words.ts";
import { lineOf } from "../edits.ts";
import type { Fix } from "../finding.ts";

const TITLE = "Compute as a backtest does, everywhere";

/** Takes the road of a backtest in every domain: the only one of which there will be evidence. */
export function comparisonFix(comparison: ts.BinaryExpression, word: string): readonly Fix[] {
  const { kind } = comparison.operatorToken;
  const isUnequal =
    kind === ts.SyntaxKind.ExclamationEqualsToken || kind === ts.SyntaxKind.ExclamationEqualsEqualsToken;
  return conditionFix(comparison, isBacktest(word) !== isUnequal);
}

/** @param holds what the condition is in a backtest */
export function conditionFix(condition: ts.Expression, holds: boolean): readonly Fix[] {
  const place = placeOf(outer(condition));
  const around = outer(condition).parent;
  if (ts.isConditionalExpression(around) && unwrap(around.condition) === condition) {
    const taken = holds ? around.whenTrue : around.whenFalse;
    // An object stands in parentheses where a body could stand.
    const text =
      taken.getText().startsWith("{") && !ts.isParenthesizedExpression(around.parent)
        ? `(${taken.getText()})`
        : taken.getText();
    return [{ title: TITLE, edits: [{ place: placeOf(around), text }], isSafe: false }];
  }
  if (ts.isIfStatement(around) && unwrap(around.expression) === condition) return ifFix(around, holds);
  return [{ title: TITLE, edits: [{ place, text: String(holds) }], isSafe: false }];
}

function outer(condition: ts.Node): ts.Node {
  let at = condition;
  while (ts.isParenthesizedExpression(at.parent)) at = at.parent;
  return at;
}

/** Keeps one side of an `if`; the names that it declares stay in its braces. */
function ifFix(statement: ts.IfStatement, holds: boolean): readonly Fix[] {
  const taken = holds ? statement.thenStatement : statement.elseStatement;
  if (taken === undefined && ts.isBlock(statement.parent))
    return [{ title: TITLE, edits: [{ place: lineOf(statement), text: "" }], isSafe: false }];
  return [{ title: TITLE, edits: [{ place: placeOf(statement), text: taken?.getText() ?? "{}" }], isSafe: false }];
}

/** Keeps the clause of a backtest, or the default, where no other clause falls into it and it falls into none. */
export function switchFix({ caseBlock }: ts.SwitchStatement): readonly Fix[] {
  const { clauses } = caseBlock;
  const own = clauses.find(
    (clause) =>
      ts.isCaseClause(clause) &&
      ts.isStringLiteralLike(unwrap(clause.expression)) &&
      isBacktest((unwrap(clause.expression) as ts.StringLiteralLike).text),
  );
  const taken = own ?? clauses.find(ts.isDefaultClause);
  const last = taken?.statements.at(-1);
  const [first] = taken?.statements ?? [];
  if (first === undefined || last === undefined || !(leaves(last) || taken === clauses.at(-1))) return [];
  const kept = ts.isBreakStatement(last) ? taken?.statements.at(-2) : last;
  const breaks = taken?.statements.slice(0, ts.isBreakStatement(last) ? -1 : undefined).some(breaksOut) ?? false;
  if (breaks) return [];
  const file = caseBlock.getSourceFile();
  const text = kept === undefined ? "" : ` ${file.text.slice(first.getStart(), kept.end)} `;
  const place = placeBetween(file, caseBlock.parent.getStart(), caseBlock.parent.end);
  return [{ title: TITLE, edits: [{ place, text: `{${text}}` }], isSafe: false }];
}

function leaves(statement: ts.Statement): boolean {
  return (
    (ts.isBreakStatement(statement) && statement.label === undefined) ||
    ts.isReturnStatement(statement) ||
    ts.isThrowStatement(statement)
  );
}

/** A `break` further in would leave something else once the `switch` is gone. */
function breaksOut(node: ts.Node): boolean {
  if (ts.isBreakStatement(node)) return true;
  if (ts.isFunctionLike(node) || ts.isIterationStatement(node, false) || ts.isSwitchStatement(node)) return false;
  return ts.forEachChild(node, (child) => breaksOut(child) || undefined) ?? false;
}

function isBacktest(word: string): boolean {
  return (domainOfAlias(word) ?? word) === "backtest";
}
