import { placeOf, unwrap } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { reachable } from "../code-issues.ts";
import { walk } from "../compute-body.ts";
import { isDomainName, isDomainWord } from "../domain-words.ts";
import type { Rule } from "../rule.ts";

const COMPARISONS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
]);

export const domainBranchInCompute: Rule = {
  code: "D105",
  slug: "domain-branch-in-compute",
  title: "A node computes otherwise in another domain",
  severity: "warning",
  tier: 0,
  checkModule({ reading, bodies, report }) {
    const seen = new Set<ts.Node>();
    for (const body of bodies)
      for (const literal of reachable(reading, body.node)) {
        if (seen.has(literal)) continue;
        seen.add(literal);
        walk(literal, (node) => {
          const branch = branchOf(node);
          if (branch === undefined || seen.has(branch)) return;
          seen.add(branch);
          report({
            at: placeOf(branch),
            message: "This node computes otherwise in another domain, so a backtest does not tell what it does live",
            next: "Let the world's policy and brokerage differ, not the strategy.",
          });
        });
      }
  },
};

/** `mode === "live"`, `switch (domain) { case "live": … }`, `isLive ? … : …` */
function branchOf(node: ts.Node): ts.Node | undefined {
  if (ts.isBinaryExpression(node) && COMPARISONS.has(node.operatorToken.kind))
    return compares(node.left, node.right) || compares(node.right, node.left) ? node : undefined;
  if (ts.isSwitchStatement(node) && isNamedForDomain(node.expression)) {
    const words = node.caseBlock.clauses.flatMap((clause) => (ts.isCaseClause(clause) ? [clause.expression] : []));
    return words.some(isWord) ? node.expression : undefined;
  }
  if (ts.isIfStatement(node) || ts.isConditionalExpression(node)) {
    const condition = unwrap(ts.isIfStatement(node) ? node.expression : node.condition);
    const name = lastName(condition);
    return name !== undefined && /^is_?(live|paper|backtest|dry_?run|shadow)$/i.test(name) ? condition : undefined;
  }
  return undefined;
}

function compares(name: ts.Expression, word: ts.Expression): boolean {
  return isNamedForDomain(name) && isWord(word);
}

function isNamedForDomain(expression: ts.Expression): boolean {
  const name = lastName(unwrap(expression));
  return name !== undefined && isDomainName(name);
}

function isWord(expression: ts.Expression): boolean {
  const inner = unwrap(expression);
  return ts.isStringLiteralLike(inner) && isDomainWord(inner.text);
}

function lastName(expression: ts.Expression): string | undefined {
  if (ts.isIdentifier(expression)) return expression.text;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : undefined;
}
