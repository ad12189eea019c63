import { type Cell, describeCell, type IndicatorArgument, sameCell } from "@qmtl/core/static";
import { type NodeFact, type ReadFact, type ResultFact, type StrategyFacts, signatureOf } from "../facts/index.ts";
import { cellOf, readsOf, resultReads } from "./graph-reads.ts";

/** A read that must give certain cells, and who says so. */
export interface CellNeed {
  readonly read: ReadFact;
  readonly fits: (cell: Cell) => boolean;
  /** `"price"`, `f64 or i32`: what would fit. */
  readonly wanted: string;
  /** A cell that fits, where there is one to cast to. */
  readonly like: Cell | undefined;
  readonly who: string;
}

/** What nodes and the decision of a strategy demand of the columns that they read. */
export function cellNeeds(strategy: StrategyFacts): readonly CellNeed[] {
  return [...strategy.nodes.flatMap((fact) => nodeNeeds(strategy, fact)), ...resultNeeds(strategy.result)];
}

function nodeNeeds(strategy: StrategyFacts, fact: NodeFact): readonly CellNeed[] {
  if (fact.kind === "kernel" || fact.kind === "cross-kernel") {
    const signature = signatureOf(fact.builder);
    if (signature === undefined) return [];
    return readsOf(fact).flatMap(({ name, read }) => {
      const argument = signature.arguments.find(
        (each) => (each.kind === "column" && each.name === name) || (each.kind === "panel" && name in each.columns),
      );
      return argument === undefined ? [] : argumentNeeds(strategy, fact, `${fact.builder}()`, argument, name, read);
    });
  }
  const [first, second] = readsOf(fact);
  if (fact.kind === "label" && fact.label === "triple-barrier" && first !== undefined && second !== undefined)
    return [ofUnit(first.read, ["price"], "tripleBarrier()"), ofUnit(second.read, ["fraction"], "tripleBarrier()")];
  if (fact.kind === "cast" && first !== undefined && fact.to.kind === "cell") {
    const to = fact.to.cell;
    const fits = (cell: Cell): boolean => isNumber(cell) && cell.dtype === to.dtype;
    return [{ read: first.read, fits, wanted: to.dtype, like: undefined, who: "cast()" }];
  }
  if (fact.kind === "align" && first !== undefined)
    return [{ read: first.read, fits: (cell) => cell.dtype === "f64", wanted: "f64", like: undefined, who: "align()" }];
  return [];
}

function argumentNeeds(
  strategy: StrategyFacts,
  fact: NodeFact,
  who: string,
  argument: IndicatorArgument,
  name: string,
  read: ReadFact,
): readonly CellNeed[] {
  if (argument.kind === "panel") {
    const wanted = argument.columns[name];
    if (wanted === undefined) return [];
    return [{ read, fits: (cell) => sameCell(cell, wanted), wanted: describeCell(wanted), like: wanted, who }];
  }
  if (argument.kind !== "column") return [];
  const { dtypes, unit } = argument;
  const needs: CellNeed[] = [
    { read, fits: ({ dtype }) => dtypes.includes(dtype), wanted: dtypes.join(" or "), like: undefined, who },
  ];
  if (typeof unit === "string")
    needs.push({ ...ofUnit(read, [unit], who), fits: (cell) => !isNumber(cell) || cell.unit === unit });
  else if (unit !== undefined) {
    const other = readsOf(fact).find((each) => each.name === unit.sameAs);
    const like = other === undefined ? undefined : cellOf(strategy, other.read);
    if (like !== undefined && isNumber(like))
      needs.push({ ...ofUnit(read, [like.unit], who), fits: (cell) => !isNumber(cell) || cell.unit === like.unit });
  }
  return needs;
}

const LEVELS: Readonly<Record<string, readonly string[]>> = {
  enter: ["bool"],
  exit: ["bool"],
  limit: ["price"],
  trigger: ["price"],
  stop: ["price"],
  takeProfit: ["price"],
  trail: ["price"],
  until: ["seconds"],
  size: ["fraction", "quantity"],
};

function resultNeeds(result: ResultFact): readonly CellNeed[] {
  if (result.kind === "unknown" || result.kind === "dataset") return [];
  return resultReads(result).flatMap(({ name, read }) => {
    if (result.kind !== "orders")
      return [ofUnit(read, [result.kind === "targetWeights" ? "fraction" : "quantity"], `${result.kind}()`)];
    const units = LEVELS[name.slice(name.indexOf(".") + 1)];
    return units === undefined ? [] : [ofUnit(read, units, `orders().${name}`)];
  });
}

function ofUnit(read: ReadFact, units: readonly string[], who: string): CellNeed {
  const [only] = units;
  const unit = (cell: Cell): string => (isNumber(cell) ? cell.unit : cell.dtype);
  const like =
    only === undefined || only === "bool" || units.length > 1 ? undefined : ({ dtype: "f64", unit: only } as const);
  return { read, fits: (cell) => units.includes(unit(cell)), wanted: units.join(" or "), like, who };
}

export function isNumber(cell: Cell): cell is Extract<Cell, { dtype: "f64" | "i32" }> {
  return cell.dtype === "f64" || cell.dtype === "i32";
}
