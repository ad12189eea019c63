import { keysOf, placeOf, returnedExpressions } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { isFunctionNode } from "../compute-body.ts";
import { entryPlace } from "../edits.ts";
import type { Fix, TextEdit } from "../finding.ts";
import { isNodeRead, labelOf, readsOf, resultReads } from "../graph-reads.ts";
import type { Rule, StrategyContext } from "../rule.ts";

export const schemaUnusedColumn: Rule = {
  code: "S205",
  slug: "schema-unused-column",
  title: "A column is made that nobody reads",
  severity: "hint",
  tier: 1,
  unnecessary: true,
  checkStrategy(context) {
    const { strategy, graph, report, reading } = context;
    // What can't be read may read it. What is known to be another kind of thing does not.
    const { result, unread } = strategy;
    if (result.kind === "unknown" || unread.some(({ cause }) => cause.code !== "unexpected")) return;
    const read = new Set<string>();
    for (const { read: each } of [...strategy.nodes.flatMap(readsOf), ...resultReads(result)]) {
      if (!isNodeRead(each)) continue;
      read.add("column" in each ? `${each.node} ${each.column}` : `${each.node}`);
    }
    for (const { fact } of graph.nodes) {
      if (fact.kind !== "user" && fact.kind !== "cross-section" && fact.kind !== "aggregate") continue;
      if (fact.output.kind !== "output" || read.has(`${fact.index}`)) continue;
      const literal = reading().syntaxAt(fact.output.at);
      const keys = ts.isObjectLiteralExpression(literal) ? keysOf(literal) : undefined;
      for (const { name } of fact.output.columns) {
        const property = keys?.get(name);
        if (property === undefined || read.has(`${fact.index} ${name}`)) continue;
        report({
          at: placeOf(property.name ?? property),
          message: `Nobody reads the column "${name}" of ${labelOf(fact)}`,
          fixes: removal(context, fact, property, name),
          data: { column: name },
        });
      }
    }
  },
};

/** Takes it out of `output` and of every object that `compute` returns; nothing where that can't be seen. */
function removal(
  { reading }: StrategyContext,
  fact: { readonly compute: { readonly kind: string }; readonly kind: string },
  property: ts.ObjectLiteralElementLike,
  name: string,
): readonly Fix[] {
  const compute = fact.compute as { readonly kind: "function"; readonly at: number } | { readonly kind: "unknown" };
  if (compute.kind !== "function" || fact.kind === "cross-section") return [];
  const body = reading().syntaxAt(compute.at);
  const owner = property.parent;
  if (!isFunctionNode(body) || !ts.isObjectLiteralExpression(owner)) return [];
  const edits: TextEdit[] = [{ place: entryPlace(property, owner.properties), text: "" }];
  for (const returned of returnedExpressions(body)) {
    const given = keysOf(returned)?.get(name);
    if (given === undefined || !ts.isObjectLiteralExpression(returned)) return [];
    edits.push({ place: entryPlace(given, returned.properties), text: "" });
  }
  return [{ title: `Remove ${name}`, edits, isSafe: false }];
}
