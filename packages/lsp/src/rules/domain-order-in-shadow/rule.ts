import type { ComputeFact, PluginFact } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { entryPlace } from "../edits.ts";
import { isNodeRead, resultReads } from "../graph-reads.ts";
import type { Rule, StrategyContext } from "../rule.ts";

/** Where nothing may be published. */
const SILENT: readonly unknown[] = ["backtest", "shadow"];

export const domainOrderInShadow: Rule = {
  code: "D101",
  slug: "domain-order-in-shadow",
  title: "What trades is restricted to domains where nothing may be published",
  severity: "error",
  tier: 1,
  unsuppressable: true,
  checkStrategy(context) {
    const { strategy, placeOf, report } = context;
    const seen = new Set<number>();
    for (const fact of strategy.nodes) {
      if (fact.kind !== "plugin" || fact.actuation !== "order" || !isSilent(fact)) continue;
      seen.add(fact.index);
      report({
        at: placeOf(fact.at),
        message: `${fact.builder}() orders, and ${fact.module} lets it run only where nothing is ever ordered`,
        next: "Use a builder that may run where orders are placed, or one that does not order.",
      });
    }
    if (strategy.result.kind === "dataset") return;
    for (const { read } of resultReads(strategy.result)) {
      const fact = isNodeRead(read) ? strategy.nodes[read.node] : undefined;
      if (fact === undefined || seen.has(fact.index) || !("domains" in fact) || !isSilent(fact)) continue;
      seen.add(fact.index);
      report({
        at: placeOf(fact.domains?.at ?? fact.at),
        message: `The decision reads this node, which may run in ${wordsOf(fact).join(" and ")} alone, where nothing is ever ordered`,
        next: "Leave domains out: the world decides where the strategy runs.",
        related: [{ message: "The decision", place: placeOf(read.at) }],
        fixes: fact.kind === "plugin" ? [] : fixOf(context, fact),
      });
    }
  },
};

function isSilent(fact: ComputeFact | PluginFact): boolean {
  const words = wordsOf(fact);
  return words.length > 0 && words.every((word) => SILENT.includes(word));
}

/** The domains that a node names; empty for everywhere. */
function wordsOf({ domains }: ComputeFact | PluginFact): readonly unknown[] {
  return domains?.kind === "list"
    ? domains.items.map((item) => (item.kind === "literal" ? item.value : undefined))
    : [];
}

function fixOf({ reading }: StrategyContext, fact: ComputeFact) {
  const list = fact.domains === undefined ? undefined : reading().syntaxAt(fact.domains.at);
  const property = list?.parent;
  if (property === undefined || !ts.isPropertyAssignment(property)) return [];
  const place = entryPlace(property, property.parent.properties);
  return [{ title: "Leave domains out", edits: [{ place, text: "" }], isSafe: false }];
}
