import {
  type At,
  isUnknown,
  type NamedRead,
  type NodeFact,
  type Place,
  type ReadFact,
  type ResultFact,
  type StrategyFacts,
} from "../facts/index.ts";
import type { DomainList, GraphAnswer, GraphColumn, GraphEdge, GraphNode, GraphStrategy } from "./graph-answer.ts";
import { isOneColumn, labelOf } from "./subject.ts";
import { variablesOf } from "./symbols.ts";
import type { View } from "./view.ts";
import { warmUpsOf } from "./warm-up.ts";
import { cellFactText, intervalText, termText } from "./wording.ts";

/**
 * The graphs of a file as plain data, for a tree or a picture beside the code.
 *
 * @param locate how a place is told; null for one that is no longer there
 */
export function graphAnswerOf<L>(view: View, locate: (place: Place) => L | null): GraphAnswer<L> {
  const { spans } = view.reading.facts;
  const placeAt = (at: At): L | null => {
    const span = spans[at];
    return span === undefined ? null : locate(span);
  };
  return {
    strategies: view.reading.facts.strategies.map((strategy, index) => strategyOf(view, strategy, index, placeAt)),
  };
}

function strategyOf<L>(
  view: View,
  strategy: StrategyFacts,
  index: number,
  placeAt: (at: At) => L | null,
): GraphStrategy<L> {
  const graph = view.graph(index);
  const warmUps = graph === undefined ? [] : warmUpsOf(graph);
  const variables = variablesOf(view);
  const nodes = strategy.nodes.map((fact): GraphNode<L> => {
    const reached = graph?.nodes.find((node) => node.fact.index === fact.index);
    const warmUp = reached === undefined ? undefined : warmUps[reached.index];
    return {
      id: fact.index,
      runs: reached?.index ?? null,
      kind: fact.kind,
      label: labelOf(fact),
      variable: variables.get(`${index} ${fact.index}`)?.text ?? null,
      place: placeAt(fact.at),
      interval: fact.interval.kind === "unknown" ? null : intervalText(fact),
      scope: fact.scope.kind === "unknown" ? null : fact.scope.scope,
      domains: domainsOf(fact),
      warmUp:
        warmUp === undefined || isUnknown(warmUp)
          ? null
          : { firstValid: warmUp.firstValid, settle: finite(warmUp.settle) },
      reachesResult: reached !== undefined,
      columns: columnsOf(fact, strategy, placeAt),
    };
  });
  return {
    name: strategy.name.kind === "literal" ? String(strategy.name.value) : null,
    place: placeAt(strategy.at),
    nodes,
    edges: [...strategy.nodes.flatMap(edgesInto), ...edgesIntoResult(strategy.result)],
    result: strategy.result.kind,
    unknowns: strategy.unread.map(({ cause, at }) => ({ message: cause.message, place: placeAt(at) })),
  };
}

function finite(bars: number): number | null {
  return Number.isFinite(bars) ? bars : null;
}

function domainsOf(fact: NodeFact): DomainList {
  if (!("domains" in fact) || fact.domains === undefined) return "all";
  if (fact.domains.kind === "unknown") return null;
  return fact.domains.items.map((item) => ("value" in item ? String(item.value) : termText(item)));
}

function columnsOf<L>(
  fact: NodeFact,
  { nodes }: StrategyFacts,
  placeAt: (at: At) => L | null,
): readonly GraphColumn<L>[] | null {
  if (fact.output.kind === "unknown") return null;
  return fact.output.columns.map(({ name, cell }) => ({
    name,
    cell: cellFactText(cell),
    place: cell.kind === "cell" && "compute" in fact ? placeAt(cell.at) : null,
    from: lineageOf(fact, name, nodes),
  }));
}

/** The columns that a column is made of: of a node's own code all that it reads. */
function lineageOf(fact: NodeFact, column: string, nodes: readonly NodeFact[]): GraphColumn<unknown>["from"] {
  if (fact.inputs.kind === "unknown") return null;
  const passes = (fact.kind === "pick" || fact.kind === "resample" || fact.kind === "align") && !isOneColumn(fact);
  const found = new Map<string, { readonly node: number; readonly column: string }>();
  const reads = passes ? fact.inputs.inputs.slice(0, 1) : fact.inputs.inputs;
  for (const { read } of reads)
    for (const each of columnsOfRead(read, nodes))
      if (!passes || each.column === column) found.set(`${each.node} ${each.column}`, each);
  return [...found.values()];
}

function columnsOfRead(
  read: ReadFact,
  nodes: readonly NodeFact[],
): readonly { readonly node: number; readonly column: string }[] {
  if (read.kind === "unknown" || read.kind === "constant") return [];
  if ("column" in read) return [{ node: read.node, column: read.column }];
  const output = nodes[read.node]?.output;
  return output?.kind === "output" ? output.columns.map(({ name }) => ({ node: read.node, column: name })) : [];
}

function edgesInto(fact: NodeFact): readonly GraphEdge[] {
  if (fact.inputs.kind === "unknown") return [];
  return fact.inputs.inputs.flatMap(({ name, read }) => edge(read, fact.index, name));
}

function edgesIntoResult(result: ResultFact): readonly GraphEdge[] {
  return namedReadsOf(result).flatMap(({ name, read }) => edge(read, "result", name));
}

function namedReadsOf(result: ResultFact): readonly NamedRead[] {
  switch (result.kind) {
    case "targetWeights":
    case "targetPositions":
      return result.target.kind === "reads"
        ? result.target.reads
        : result.target.kind === "unknown"
          ? []
          : [{ name: "target", read: result.target }];
    case "orders":
      return [result.long, result.short].flatMap((trade) => (trade?.kind === "trade" ? trade.columns : []));
    case "dataset":
      return [result.features, result.labels].flatMap((named) => (named.kind === "reads" ? named.reads : []));
    case "unknown":
      return [];
  }
}

function edge(read: ReadFact, to: number | "result", input: string): readonly GraphEdge[] {
  if (read.kind === "unknown" || read.kind === "constant") return [];
  return [
    {
      from: read.node,
      to,
      input,
      column: "column" in read ? read.column : null,
      window: "bars" in read ? termText(read.bars) : null,
    },
  ];
}
