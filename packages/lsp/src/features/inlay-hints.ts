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

/** The last run of the file that is submitted, and whether all that it was made of is still as it was. */
export interface LastRun {
  readonly world: string;
  readonly isCurrent: boolean;
}

/**
 * Beside the variables that hold nodes, what is derived of them: columns, clock, and the bars that they need before they settle. Beside
 * the name of the strategy that a submission runs, whether another would have anything to compute: one place, so that nothing
 * else moves when it changes.
 */
export function inlayHintsOf(view: View, within: Omit<Place, "file">, lastRun?: LastRun): readonly InlayHint[] {
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
      if (!isWithin(place.end, within)) continue;
      hints.push({ position: place.end, text: hintText(node, warmUps.get(node.index)) });
    }
  });
  const run = lastRun === undefined ? undefined : runHint(view, lastRun);
  if (run !== undefined && isWithin(run.position, within)) hints.push(run);
  return hints.sort((a, b) => comparePositions(a.position, b.position));
}

function isWithin(position: Position, { start, end }: Omit<Place, "file">): boolean {
  return comparePositions(position, start) >= 0 && comparePositions(position, end) <= 0;
}

function runHint({ path, reading: { facts } }: View, { world, isCurrent }: LastRun): InlayHint | undefined {
  const strategy = facts.default.kind === "strategy" ? facts.strategies[facts.default.index] : undefined;
  const place = strategy === undefined ? undefined : facts.spans[strategy.name.at];
  if (place === undefined || place.file !== path) return undefined;
  return {
    position: place.end,
    text: isCurrent ? ` · cached in ${world}` : ` · will recompute what changed in ${world}`,
  };
}

function hintText(node: NodeFact, warmUp: Known<WarmUpPath> | undefined): string {
  const columns = node.output.kind === "output" ? node.output.columns : [];
  const [only] = columns;
  const holds = isOneColumn(node) && only !== undefined ? cellFactText(only.cell) : outputText(node.output, 4);
  return [`: ${holds}`, intervalText(node), warmUpHint(warmUp)].filter((part) => part !== "").join(" · ");
}
