import type { Cell } from "@qmtl/core/static";
import { type CellFact, isUnknown, type Known, type NodeFact, type OutputFact, type Term } from "../facts/index.ts";
import type { WarmUpPath } from "./warm-up.ts";

/** What a cell holds, in a few words: `f64 price`, `bool`, `one of open, halted`. */
export function cellText(cell: Cell): string {
  if (cell.dtype === "bool") return "bool";
  if (cell.dtype === "categorical") return `one of ${cell.values.join(", ")}`;
  return cell.unit === "none" ? cell.dtype : `${cell.dtype} ${cell.unit}`;
}

export function cellFactText(fact: CellFact): string {
  return fact.kind === "cell" ? cellText(fact.cell) : "unknown";
}

/** `{ open, high, low }`; what is too long ends in an ellipsis. */
export function outputText(output: OutputFact, most: number): string {
  if (output.kind === "unknown") return "{ … }";
  const names = output.columns.map(({ name }) => name);
  if (names.length === 0) return "{}";
  return names.length <= most
    ? `{ ${names.join(", ")} }`
    : `{ ${names.slice(0, most - 1).join(", ")}, … ${names.length} columns }`;
}

/** A constant as it would be written; a param by its name. */
export function termText(term: Term): string {
  switch (term.kind) {
    case "literal":
      return typeof term.value === "string" ? JSON.stringify(term.value) : String(term.value);
    case "special":
      return term.value;
    case "param":
      return `params.${term.name}`;
    case "operation":
      return operationText(term);
    case "unknown":
      return "?";
  }
}

function operationText({ operator, of }: Extract<Term, { kind: "operation" }>): string {
  const parts = of.map(termText);
  if (operator === "negate") return `-${parts.join("")}`;
  if (operator === "concat") return parts.join(" + ");
  return /^[a-z]/.test(operator) ? `${operator}(${parts.join(", ")})` : parts.join(` ${operator} `);
}

export function intervalText(fact: NodeFact): string {
  return fact.interval.kind === "literal" ? String(fact.interval.value) : termText(fact.interval);
}

/** `199 bars`, `settles never`. */
export function barsText(bars: number): string {
  if (bars === Number.POSITIVE_INFINITY) return "every bar from the first on";
  return bars === 1 ? "1 bar" : `${bars} bars`;
}

/** The length of a warm-up in a word or two, for a hint beside the code; empty where there is none. */
export function warmUpHint(warmUp: Known<WarmUpPath> | undefined): string {
  if (warmUp === undefined || isUnknown(warmUp) || warmUp.settle === 0) return "";
  return warmUp.settle === Number.POSITIVE_INFINITY ? "warm-up: all of it" : `warm-up ${barsText(warmUp.settle)}`;
}
