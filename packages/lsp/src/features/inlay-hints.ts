import { comparePositions, type Known, type NodeFact, type Place, type Position } from "../facts/index.ts";
import { isOneColumn } from "./subject.ts";
import { variablesOf } from "./symbols.ts";
import type { View } from "./view.ts";
import { type WarmUpPath, warmUpsOf } from "./warm-up.ts";
import { cellFactText, intervalText, outputText, warmUpHint } from "./wording.ts";

export interface InlayHint {
  readonly position: Position;
  readonly text: string;
}

/** Beside the variables that hold nodes, what is derived of them: columns, clock, and the bars that they need before they settle. */
export function inlayHintsOf(view: View, within: Omit<Place, "file">): readonly InlayHint[] {
  const hints: InlayHint[] = [];
  const variables = variablesOf(view);
  view.reading.facts.strategies.forEach((strategy, index) => {
    const graph = view.graph(index);
    const warmUps = new Map<number, Known<WarmUpPath>>();
    if (graph !== undefined)
      warmUpsOf(graph).forEach((warmUp, at) => {
        const reached = graph.nodes[at];
        if (reached !== undefined) warmUps.set(reached.fact.index, warmUp);
      });
    for (const node of strategy.nodes) {
      const place = variables.get(`${index} ${node.index}`)?.place;
      if (place === undefined || place.file !== view.path) continue;
      if (comparePositions(place.end, within.start) < 0 || comparePositions(place.end, within.end) > 0) continue;
      hints.push({ position: place.end, text: hintText(node, warmUps.get(node.index)) });
    }
  });
  return hints.sort((a, b) => comparePositions(a.position, b.position));
}

function hintText(node: NodeFact, warmUp: Known<WarmUpPath> | undefined): string {
  const columns = node.output.kind === "output" ? node.output.columns : [];
  const [only] = columns;
  const holds = isOneColumn(node) && only !== undefined ? cellFactText(only.cell) : outputText(node.output, 4);
  return [`: ${holds}`, intervalText(node), warmUpHint(warmUp)].filter((part) => part !== "").join(" · ");
}
