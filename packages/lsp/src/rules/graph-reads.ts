import { type Cell, type Interval, isInterval } from "@qmtl/core/static";
import {
  type At,
  type ColumnFact,
  defaultParams,
  foldTerm,
  type NamedRead,
  type NamedReads,
  type NodeFact,
  type ReadFact,
  type ResultFact,
  type StrategyFacts,
  type Term,
} from "../facts/index.ts";

/** A read that leads to a node. */
export type NodeRead = Exclude<ReadFact, { kind: "unknown" | "constant" }>;

export function isNodeRead(read: ReadFact): read is NodeRead {
  return read.kind !== "unknown" && read.kind !== "constant";
}

/** What a node reads, by input; nothing where this is unknown. */
export function readsOf({ inputs }: NodeFact): readonly NamedRead[] {
  return inputs.kind === "inputs" ? inputs.inputs : [];
}

/** Every column that a result reads, with what it is there. */
export function resultReads(result: ResultFact): readonly NamedRead[] {
  switch (result.kind) {
    case "unknown":
      return [];
    case "targetWeights":
    case "targetPositions":
      return "reads" in result.target || result.target.kind === "unknown"
        ? namedOf(result.target)
        : [{ name: "", read: result.target }];
    case "orders":
      return (["long", "short"] as const).flatMap((side) => {
        const trade = result[side];
        return trade?.kind === "trade"
          ? trade.columns.map(({ name, read }) => ({ name: `${side}.${name}`, read }))
          : [];
      });
    case "dataset":
      return [...namedOf(result.features), ...namedOf(result.labels)];
  }
}

function namedOf(reads: NamedReads | ReadFact): readonly NamedRead[] {
  return reads.kind === "reads" ? reads.reads : [];
}

/** How a node is called in messages: the author's name, or what it does. */
export function labelOf(fact: NodeFact): string {
  if ("name" in fact) return fact.name.kind === "literal" ? `"${String(fact.name.value)}"` : "this node";
  if (fact.kind === "kernel" || fact.kind === "cross-kernel" || fact.kind === "plugin") return `${fact.builder}()`;
  if (fact.kind === "stream") return "the stream";
  return fact.kind === "label"
    ? "the label"
    : `${fact.kind.replace(/-(\w)/, (_, letter: string) => letter.toUpperCase())}()`;
}

/** Reads constants of a strategy's graph under the defaults of its params; undefined for what is not known. */
export function constants(strategy: StrategyFacts) {
  const params = defaultParams(strategy);
  const constant = (term: Term | undefined): number | string | boolean | undefined => {
    if (term === undefined) return undefined;
    const value = foldTerm(term, params);
    return typeof value === "object" ? undefined : value;
  };
  const interval = (term: Term): Interval | undefined => {
    const value = constant(term);
    return isInterval(value) ? value : undefined;
  };
  return { constant, interval };
}

/** The cell that a read of one column gives; undefined for all else and for what is not known. */
export function cellOf(strategy: StrategyFacts, read: ReadFact): Cell | undefined {
  if (read.kind !== "column") return undefined;
  return columnOf(strategy, read.node, read.column)?.cell;
}

/** A column of a node, with where its cell is written. */
export function columnOf(
  { nodes }: StrategyFacts,
  node: number,
  column: string,
): { readonly cell: Cell; readonly at: At } | undefined {
  const output = nodes[node]?.output;
  const found: ColumnFact | undefined =
    output?.kind === "output" ? output.columns.find(({ name }) => name === column) : undefined;
  return found?.cell.kind === "cell" ? found.cell : undefined;
}
