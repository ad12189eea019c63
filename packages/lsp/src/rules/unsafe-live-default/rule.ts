import { placeOf, unwrap } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { isFunctionNode, walk } from "../compute-body.ts";
import { domainOfAlias, isDomainName, isDomainWord } from "../domain-words.ts";
import type { Rule } from "../rule.ts";

export const unsafeLiveDefault: Rule = {
  code: "D109",
  slug: "unsafe-live-default",
  title: "What is missing or unknown ends in live",
  severity: "error",
  tier: 0,
  unsuppressable: true,
  checkModule({ reading, report }) {
    for (const { file } of reading.linked.sources)
      walk(file, (node) => {
        const fallback = fallbackOf(node);
        if (fallback === undefined) return;
        const place = placeOf(fallback);
        report({
          at: place,
          message: "What is missing or unknown ends in live here, and must end in backtest",
          next: 'Fall back to "backtest".',
          fixes: [{ title: 'Change to "backtest"', edits: [{ place, text: '"backtest"' }], isSafe: true }],
        });
      });
  },
};

/** The `"live"` to which something falls back. */
function fallbackOf(node: ts.Node): ts.Expression | undefined {
  if (ts.isBinaryExpression(node)) {
    const falls =
      node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken ||
      node.operatorToken.kind === ts.SyntaxKind.BarBarToken ||
      node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionEqualsToken ||
      node.operatorToken.kind === ts.SyntaxKind.BarBarEqualsToken;
    return falls ? live(node.right) : undefined;
  }
  if (ts.isParameter(node) || ts.isBindingElement(node))
    return node.initializer === undefined ? undefined : live(node.initializer);
  if (ts.isConditionalExpression(node)) {
    const other = unwrap(node.whenTrue);
    const isDomain = ts.isStringLiteralLike(other) ? isDomainWord(other.text) : isBoundToDomain(node);
    return isDomain ? live(node.whenFalse) : undefined;
  }
  if (ts.isIfStatement(node) && node.elseStatement !== undefined) return elseOf(node.elseStatement);
  if (ts.isDefaultClause(node)) return node.statements.map(outcomeOf).find((each) => each !== undefined);
  return undefined;
}

/** `else mode = "live"`, `else return "live"`; an `else if` asks again. */
function elseOf(statement: ts.Statement): ts.Expression | undefined {
  if (ts.isIfStatement(statement)) return undefined;
  const statements = ts.isBlock(statement) ? statement.statements : [statement];
  return statements.map(outcomeOf).find((each) => each !== undefined);
}

function outcomeOf(statement: ts.Statement): ts.Expression | undefined {
  if (ts.isReturnStatement(statement) && statement.expression !== undefined) return live(statement.expression);
  if (!ts.isExpressionStatement(statement)) return undefined;
  const assigned = unwrap(statement.expression);
  const isAssignment = ts.isBinaryExpression(assigned) && assigned.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  return isAssignment && isNamedForDomain(assigned.left) ? live(assigned.right) : undefined;
}

function live(expression: ts.Expression): ts.Expression | undefined {
  const inner = unwrap(expression);
  if (!ts.isStringLiteralLike(inner)) return undefined;
  return inner.text === "live" || domainOfAlias(inner.text) === "live" ? inner : undefined;
}

/** What a conditional is the value of: `const mode = …`, `{ domain: … }`, `return` of a function that is called so. */
function isBoundToDomain(node: ts.Expression): boolean {
  let outer: ts.Node = node.parent;
  while (ts.isParenthesizedExpression(outer) || ts.isAsExpression(outer)) outer = outer.parent;
  if (ts.isVariableDeclaration(outer) || ts.isPropertyAssignment(outer))
    return ts.isIdentifier(outer.name) && isDomainName(outer.name.text);
  if (!ts.isReturnStatement(outer)) return false;
  let owner: ts.Node = outer;
  while (owner.parent !== undefined && !isFunctionNode(owner)) owner = owner.parent;
  return ts.isFunctionDeclaration(owner) && owner.name !== undefined && isDomainName(owner.name.text);
}

function isNamedForDomain(expression: ts.Expression): boolean {
  const inner = unwrap(expression);
  if (ts.isIdentifier(inner)) return isDomainName(inner.text);
  return ts.isPropertyAccessExpression(inner) && isDomainName(inner.name.text);
}
