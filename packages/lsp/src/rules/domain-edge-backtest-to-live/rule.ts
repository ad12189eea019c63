import type { ComputeFact, PluginFact, ReadFact, StrategyFacts } from "../../facts/index.ts";
import type { Fix } from "../finding.ts";
import { isNodeRead, labelOf, readsOf } from "../graph-reads.ts";
import type { Rule, StrategyContext } from "../rule.ts";

export const domainEdgeBacktestToLive: Rule = {
  code: "D102",
  slug: "domain-edge-backtest-to-live",
  title: "What may only be computed in replays feeds what runs live",
  severity: "error",
  tier: 1,
  unsuppressable: true,
  checkStrategy({ strategy, placeOf, report }) {
    for (const fact of strategy.nodes) {
      if (!namesDomains(fact) || !runsLive(fact)) continue;
      for (const { read } of readsOf(fact))
        for (const source of restrictedSources(strategy, read)) {
          const domains = domainsOf(source);
          if (domains === undefined || domains.includes("live")) continue;
          report({
            at: placeOf(read.at),
            message: `${labelOf(source)} runs in ${domains.join(" and ")} only, and ${labelOf(fact)} reads it where it runs live`,
            next: "Widen its domains, narrow those of the reader, or publish it as an artifact and read that.",
            fixes: widenFix(source, placeOf),
            related: [{ message: "It is restricted here", place: placeOf(source.domains?.at ?? source.at) }],
            data: { from: labelOf(source), to: labelOf(fact) },
          });
        }
    }
  },
};

/** Nodes that may name domains; the others run wherever they are wanted. */
type Restricted = ComputeFact | PluginFact;

function namesDomains(fact: StrategyFacts["nodes"][number]): fact is Restricted {
  return ["user", "cross-section", "aggregate", "plugin"].includes(fact.kind);
}

/** Where a node may run; undefined for everywhere, and for what is not known. */
function domainsOf({ domains }: Restricted): readonly unknown[] | undefined {
  if (domains?.kind !== "list") return undefined;
  const words = domains.items.map((item) => (item.kind === "literal" ? item.value : undefined));
  return words.includes(undefined) ? undefined : words;
}

/** Within one strategy the way out is that both ends run live; what must stay in replays is published as an artifact, by hand. */
function widenFix(source: Restricted, placeOf: StrategyContext["placeOf"]): readonly Fix[] {
  // Of a plugin's node its package decides.
  const last = source.kind !== "plugin" && source.domains?.kind === "list" ? source.domains.items.at(-1) : undefined;
  if (last === undefined) return [];
  const { file, end } = placeOf(last.at);
  return [
    {
      title: `Let ${labelOf(source)} run live too`,
      edits: [{ place: { file, start: end, end }, text: ', "live"' }],
      isSafe: false,
    },
  ];
}

function runsLive(fact: Restricted): boolean {
  if (fact.domains === undefined) return true;
  return domainsOf(fact)?.includes("live") ?? false;
}

/** The nodes with domains of their own behind a read, through indicators and clocks, which run wherever they are wanted. */
function restrictedSources(strategy: StrategyFacts, read: ReadFact): readonly Restricted[] {
  const found = new Map<number, Restricted>();
  const seen = new Set<number>();
  const stack: ReadFact[] = [read];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (!isNodeRead(next) || seen.has(next.node)) continue;
    seen.add(next.node);
    const fact = strategy.nodes[next.node];
    if (fact === undefined) continue;
    if (namesDomains(fact)) found.set(fact.index, fact);
    else for (const each of readsOf(fact)) stack.push(each.read);
  }
  return [...found.values()];
}
