import { placeOf } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { lineOf } from "../edits.ts";
import type { Fix } from "../finding.ts";
import { isNodeRead, labelOf, readsOf } from "../graph-reads.ts";
import type { Rule, StrategyContext } from "../rule.ts";

export const graphUnreachableNode: Rule = {
  code: "G302",
  slug: "graph-unreachable-node",
  title: "A node does not reach the decision",
  severity: "hint",
  tier: 1,
  unnecessary: true,
  checkStrategy(context) {
    const { strategy, graph, report, reading } = context;
    if (strategy.unread.length > 0 || graph.unknowns.length > 0) return;
    const reached = new Set(graph.nodes.map(({ fact }) => fact.index));
    const read = new Set(
      strategy.nodes.flatMap(readsOf).flatMap(({ read: each }) => (isNodeRead(each) ? [each.node] : [])),
    );
    for (const fact of strategy.nodes) {
      // What only an unreachable node reads goes with it.
      if (reached.has(fact.index) || read.has(fact.index)) continue;
      const syntax = reading().syntaxAt(fact.at);
      const { parent } = syntax;
      const named = ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name) ? parent.name : syntax;
      report({
        at: placeOf(named),
        message: `${upper(labelOf(fact))} does not reach the ${strategy.result.kind === "dataset" ? "dataset" : "decision"}`,
        next: "Read it, or remove it.",
        fixes: removal(context, parent),
      });
    }
  },
};

function upper(label: string): string {
  return label.slice(0, 1).toUpperCase() + label.slice(1);
}

/** Of a const that stands alone in its statement and that nothing mentions. */
function removal({ reading }: StrategyContext, declaration: ts.Node): readonly Fix[] {
  if (!ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name)) return [];
  const list = declaration.parent;
  const statement = list.parent;
  if (!ts.isVariableDeclarationList(list) || list.declarations.length !== 1 || !ts.isVariableStatement(statement))
    return [];
  const { name } = declaration;
  const text = statement.getSourceFile().text.replace(statement.getText(), "");
  const isMentioned = new RegExp(`\\b${name.text.replaceAll("$", "\\$")}\\b`).test(text);
  if (isMentioned || reading().linked.usesOf(declaration)?.length !== 0) return [];
  return [{ title: `Remove ${name.text}`, edits: [{ place: lineOf(statement), text: "" }], isSafe: false }];
}
