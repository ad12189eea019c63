import type { NodeFact, Place } from "../facts/index.ts";
import { labelOf } from "./subject.ts";
import type { View } from "./view.ts";
import { cellFactText, intervalText, outputText } from "./wording.ts";

export interface DocumentSymbol {
  readonly name: string;
  readonly detail: string;
  readonly kind: "strategy" | "param" | "node" | "column" | "world" | "preset" | "gate" | "symbol";
  readonly place: Place;
  /** The word to go to. */
  readonly selection: Place;
  readonly children: readonly DocumentSymbol[];
}

/** Strategies, their params, and their named nodes with columns. */
export function symbolsOf(view: View): readonly DocumentSymbol[] {
  const { facts } = view.reading;
  const variables = variablesOf(view);
  return facts.strategies.flatMap((strategy, index): DocumentSymbol[] => {
    const place = facts.spans[strategy.at];
    if (place === undefined || place.file !== view.path) return [];
    const params = strategy.params.kind === "params" ? strategy.params.params : [];
    const children: DocumentSymbol[] = [];
    for (const { name, kind, at } of params) {
      const span = facts.spans[at];
      if (span?.file === view.path)
        children.push({ name, detail: `param.${kind}`, kind: "param", place: span, selection: span, children: [] });
    }
    for (const node of strategy.nodes) {
      const span = facts.spans[node.at];
      const variable = variables.get(`${index} ${node.index}`);
      if (span?.file !== view.path || (variable === undefined && !("compute" in node))) continue;
      children.push({
        name: variable?.text ?? labelOf(node),
        detail: nodeDetail(node),
        kind: "node",
        place: variable === undefined ? span : { ...span, start: variable.place.start },
        selection: variable?.place ?? span,
        children: columnsOf(view, node),
      });
    }
    const name = strategy.name.kind === "literal" ? String(strategy.name.value) : "strategy";
    return [{ name, detail: strategy.exported.join(", "), kind: "strategy", place, selection: place, children }];
  });
}

/** By strategy and node: the variable that the node is declared as. */
export function variablesOf(view: View): ReadonlyMap<string, { readonly text: string; readonly place: Place }> {
  const variables = new Map<string, { readonly text: string; readonly place: Place }>();
  for (const { subject, role, named, text, place } of view.marks())
    if (subject.kind === "node" && role === "definition" && !named)
      variables.set(`${subject.strategy} ${subject.node}`, { text, place });
  return variables;
}

function columnsOf(view: View, node: NodeFact): readonly DocumentSymbol[] {
  if (!("compute" in node) || node.output.kind !== "output") return [];
  return node.output.columns.flatMap(({ name, cell }) => {
    const span = cell.kind === "cell" ? view.reading.facts.spans[cell.at] : undefined;
    const inside = span !== undefined && span.file === view.path;
    return inside
      ? [{ name, detail: cellFactText(cell), kind: "column" as const, place: span, selection: span, children: [] }]
      : [];
  });
}

function nodeDetail(node: NodeFact): string {
  return `${outputText(node.output, 4)} ${intervalText(node)}`;
}
