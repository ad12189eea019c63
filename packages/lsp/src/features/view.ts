import {
  comparePositions,
  holds,
  type ModuleReading,
  type ParseSource,
  type Position,
  readModule,
  resolveFacts,
  type StaticGraph,
  type StaticNode,
  type VirtualFiles,
} from "../facts/index.ts";
import { marksOf } from "./marks.ts";
import type { Mark, Subject } from "./subject.ts";

/** One file as the language features see it. What is asked for is made then, once. */
export interface View {
  readonly path: string;
  readonly reading: ModuleReading;
  marks(): readonly Mark[];
  /** The graph of each strategy under its default params. */
  graph(strategy: number): StaticGraph | undefined;
}

export function viewOf(files: VirtualFiles, path: string, parse?: ParseSource): View {
  const reading = readModule(files, path, parse);
  const graphs = new Map<number, StaticGraph>();
  let marks: readonly Mark[] | undefined;
  return {
    path,
    reading,
    marks() {
      marks ??= marksOf(reading);
      return marks;
    },
    graph(strategy) {
      const facts = reading.facts.strategies[strategy];
      const graph = graphs.get(strategy) ?? (facts === undefined ? undefined : resolveFacts(facts));
      if (graph !== undefined) graphs.set(strategy, graph);
      return graph;
    },
  };
}

/** What the word at a position stands for; the shortest, and of two the one that is the subject's own name. */
export function markAt(view: View, position: Position): Mark | undefined {
  let best: Mark | undefined;
  for (const mark of view.marks()) {
    if (mark.place.file !== view.path || !holds(mark.place, position)) continue;
    if (best === undefined || (mark.named && !best.named) || isInside(mark, best)) best = mark;
  }
  return best;
}

function isInside({ place }: Mark, { place: outer }: Mark): boolean {
  return comparePositions(place.start, outer.start) > 0 || comparePositions(place.end, outer.end) < 0;
}

/** A node of a subject in the graph that runs; undefined where it does not reach the result. */
export function staticNodeOf(view: View, subject: Subject): StaticNode | undefined {
  if (!("node" in subject)) return undefined;
  return view.graph(subject.strategy)?.nodes.find(({ fact }) => fact.index === subject.node);
}
