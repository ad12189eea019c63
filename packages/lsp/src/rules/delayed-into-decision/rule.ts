import type { Place } from "../../facts/index.ts";
import { labelOf, readsOf, resultReads } from "../graph-reads.ts";
import type { Draft, Rule } from "../rule.ts";
import { causalFix } from "./causal-fix.ts";

export const delayedIntoDecision: Rule = {
  code: "C402",
  slug: "delayed-into-decision",
  title: "What is known only later reaches a node, a feature or a decision",
  severity: "error",
  tier: 1,
  provenByTypes: true,
  unsuppressable: true,
  checkTypes({ problems, report }) {
    for (const problem of problems) if (problem.kind === "label-read") report(draftOf(problem.place, problem.who));
  },
  checkStrategy(context) {
    const { strategy, placeOf, report } = context;
    const { nodes, result } = strategy;
    const readers = [
      ...nodes.map((fact) => ({ who: labelOf(fact), reads: readsOf(fact) })),
      result.kind === "dataset"
        ? { who: "a feature", reads: result.features.kind === "reads" ? result.features.reads : [] }
        : { who: "the decision", reads: resultReads(result) },
    ];
    for (const { who, reads } of readers)
      for (const { read } of reads) {
        if (read.kind !== "label") continue;
        const label = nodes[read.node];
        report({
          ...draftOf(placeOf(read.at), who),
          fixes: causalFix(context, read, who === "a feature"),
          ...(label !== undefined && { related: [{ message: "The label", place: placeOf(label.at) }] }),
        });
      }
  },
};

function draftOf(at: Place, who: string): Draft {
  return {
    at,
    message: `This label is known only after its bar, and ${who} reads it at its bar`,
    next: "Labels belong under labels of a dataset() alone.",
  };
}
