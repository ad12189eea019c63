import { type NodeFact, type Place, type Position, placeOf } from "../facts/index.ts";
import { labelOf } from "./subject.ts";
import { variablesOf } from "./symbols.ts";
import { markAt, type View } from "./view.ts";
import { intervalText, outputText } from "./wording.ts";

/** A node as an item of the hierarchy: what it reads is upstream of it, what reads it downstream. */
export interface HierarchyItem {
  readonly strategy: number;
  readonly node: number;
  readonly name: string;
  readonly detail: string;
  readonly place: Place;
  readonly selection: Place;
}

export interface HierarchyStep {
  readonly item: HierarchyItem;
  /** Where the one reads the other. */
  readonly reads: readonly Place[];
}

export function hierarchyItemAt(view: View, position: Position): HierarchyItem | undefined {
  const subject = markAt(view, position)?.subject;
  if (subject === undefined || !("node" in subject)) return undefined;
  return hierarchyItemOf(view, subject.strategy, subject.node);
}

export function upstreamOf(view: View, { strategy, node }: HierarchyItem): readonly HierarchyStep[] {
  const fact = view.reading.facts.strategies[strategy]?.nodes[node];
  return fact === undefined ? [] : steps(view, strategy, readsOf(fact));
}

export function downstreamOf(view: View, { strategy, node }: HierarchyItem): readonly HierarchyStep[] {
  const readers = (view.reading.facts.strategies[strategy]?.nodes ?? []).flatMap((fact) =>
    readsOf(fact)
      .filter((read) => read.node === node)
      .map(({ at }) => ({ node: fact.index, at })),
  );
  return steps(view, strategy, readers);
}

/** The nodes that a node reads, with the place of each read. */
export function readsOf({ inputs }: NodeFact): readonly { readonly node: number; readonly at: number }[] {
  if (inputs.kind === "unknown") return [];
  return inputs.inputs.flatMap(({ read }) =>
    read.kind === "unknown" || read.kind === "constant" ? [] : [{ node: read.node, at: read.at }],
  );
}

function steps(
  view: View,
  strategy: number,
  reads: readonly { readonly node: number; readonly at: number }[],
): readonly HierarchyStep[] {
  const places = new Map<number, Place[]>();
  for (const { node, at } of reads) {
    const known = places.get(node) ?? [];
    known.push(placeOf(view.reading.syntaxAt(at)));
    places.set(node, known);
  }
  return [...places].flatMap(([node, reads]) => {
    const item = hierarchyItemOf(view, strategy, node);
    return item === undefined ? [] : [{ item, reads }];
  });
}

/** The item of a node; undefined for one that is not there any more. */
export function hierarchyItemOf(view: View, strategy: number, node: number): HierarchyItem | undefined {
  const fact = view.reading.facts.strategies[strategy]?.nodes[node];
  if (fact === undefined) return undefined;
  const variable = variablesOf(view).get(`${strategy} ${node}`);
  const place = placeOf(view.reading.syntaxAt(fact.at));
  const holdsWord = variable !== undefined && variable.place.file === place.file;
  return {
    strategy,
    node,
    name: variable?.text ?? labelOf(fact),
    detail: `${labelOf(fact)} ${outputText(fact.output, 4)} ${intervalText(fact)}`,
    place: holdsWord ? { ...place, start: variable.place.start } : place,
    selection: variable?.place ?? place,
  };
}
