import { placeOf, unwrap } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { reachable } from "../code-issues.ts";
import { walk } from "../compute-body.ts";
import { isDomainName, isDomainWord } from "../domain-words.ts";
import type { Fix } from "../finding.ts";
import type { Rule } from "../rule.ts";
import { comparisonFix, conditionFix, switchFix } from "./one-branch-fix.ts";

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
          if (branch === undefined || seen.has(branch.at)) return;
          seen.add(branch.at);
          report({
            at: placeOf(branch.at),
            message: "This node computes otherwise in another domain, so a backtest does not tell what it does live",
            next: "Let the world's policy and brokerage differ, not the strategy.",
            fixes: branch.fixes(),
          });
        });
      }
  },
};

interface Branch {
  readonly at: ts.Node;
  readonly fixes: () => readonly Fix[];
}

/** `mode === "live"`, `switch (domain) { case "live": … }`, `isLive ? … : …` */
function branchOf(node: ts.Node): Branch | undefined {
  if (ts.isBinaryExpression(node) && COMPARISONS.has(node.operatorToken.kind)) {
    const word = comparedWord(node.left, node.right) ?? comparedWord(node.right, node.left);
    return word === undefined ? undefined : { at: node, fixes: () => comparisonFix(node, word) };
  }
  if (ts.isSwitchStatement(node) && isNamedForDomain(node.expression)) {
    const words = node.caseBlock.clauses.flatMap((clause) => (ts.isCaseClause(clause) ? [clause.expression] : []));
    if (!words.some((each) => wordOf(each) !== undefined)) return undefined;
    return { at: node.expression, fixes: () => switchFix(node) };
  }
  if (ts.isIfStatement(node) || ts.isConditionalExpression(node)) {
    const condition = unwrap(ts.isIfStatement(node) ? node.expression : node.condition);
    const [, domain] = /^is_?(live|paper|backtest|dry_?run|shadow)$/i.exec(lastName(condition) ?? "") ?? [];
    if (domain === undefined) return undefined;
    return { at: condition, fixes: () => conditionFix(condition, domain.toLowerCase() === "backtest") };
  }
  return undefined;
}

/** The domain that a name is compared with. */
function comparedWord(name: ts.Expression, word: ts.Expression): string | undefined {
  return isNamedForDomain(name) ? wordOf(word) : undefined;
}

function isNamedForDomain(expression: ts.Expression): boolean {
  const name = lastName(unwrap(expression));
  return name !== undefined && isDomainName(name);
}

function wordOf(expression: ts.Expression): string | undefined {
  const inner = unwrap(expression);
  return ts.isStringLiteralLike(inner) && isDomainWord(inner.text) ? inner.text : undefined;
}

function lastName(expression: ts.Expression): string | undefined {
  if (ts.isIdentifier(expression)) return expression.text;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : undefined;
}
