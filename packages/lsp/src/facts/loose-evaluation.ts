import type { ts } from "../syntax/index.ts";
import type { Constancy } from "./constancy.ts";
import { createEvaluation, type Evaluation } from "./evaluate.ts";
import type { At, NodeFact } from "./facts.ts";
import type { Linked } from "./link.ts";

/** What expressions are, and the nodes that they make. */
export interface GraphEvaluation extends Evaluation {
  /** Those of a strategy's facts first; what is evaluated later may make others. */
  node(index: number): NodeFact;
}

/** Evaluates what stands outside of strategies. Nodes that this makes belong to none, and nothing is kept of what is unknown. */
export function looseEvaluation(
  linked: Linked,
  constancy: Constancy,
  at: (syntax: ts.Node) => At = () => 0,
): GraphEvaluation {
  const nodes: NodeFact[] = [];
  const evaluation = createEvaluation({
    linked,
    constancy,
    parameters: new Map(),
    reader: {
      evaluate: (expression) => evaluation.evaluate(expression),
      add: (node) => nodes.push({ ...node, index: nodes.length } as NodeFact) - 1,
      node: (index) => nodes[index] as NodeFact,
      nodeBuilder: linked.nodeBuilder,
      at,
      unknown: ({ cause, from }) => ({ kind: "unknown", cause, at: at(from) }),
    },
  });
  return { ...evaluation, node: (index) => nodes[index] as NodeFact };
}
