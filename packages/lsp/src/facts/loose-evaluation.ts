import type { Constancy } from "./constancy.ts";
import { createEvaluation, type Evaluation } from "./evaluate.ts";
import type { NodeFact } from "./facts.ts";
import type { Linked } from "./link.ts";

/** Evaluates what stands outside of strategies. Nodes that this makes belong to none, and nothing is kept of what is unknown. */
export function looseEvaluation(linked: Linked, constancy: Constancy): Evaluation {
  const nodes: NodeFact[] = [];
  const evaluation = createEvaluation({
    linked,
    constancy,
    parameters: new Map(),
    reader: {
      evaluate: (expression) => evaluation.evaluate(expression),
      add: (node) => nodes.push({ ...node, index: nodes.length } as NodeFact) - 1,
      node: (index) => nodes[index] as NodeFact,
      at: () => 0,
      unknown: ({ cause }) => ({ kind: "unknown", cause, at: 0 }),
    },
  });
  return evaluation;
}
