import type { Rule } from "../rule.ts";
import { decideFix } from "./decide-fix.ts";

export const graphNoDecision: Rule = {
  code: "G305",
  slug: "graph-no-decision",
  title: "A strategy decides nothing",
  severity: "warning",
  tier: 1,
  provenByTypes: true,
  checkStrategy(context) {
    const { strategy, placeOf, reading, report } = context;
    const { result } = strategy;
    if (result.kind !== "unknown" || (result.cause.code !== "missing" && result.cause.code !== "unexpected")) return;
    if (result.cause.code === "missing" && !/^The graph returns nothing/.test(result.cause.message)) return;
    report({
      at: placeOf(result.at),
      message:
        result.cause.code === "missing"
          ? "The graph returns nothing, so there is nothing to evaluate"
          : `${result.cause.message.replace(/ stands where.*/, "")} is returned, which decides nothing`,
      next: NEXT,
      fixes: decideFix(context, reading().syntaxAt(result.at)),
    });
  },
  checkTypes({ problems, report }) {
    for (const problem of problems)
      if (problem.kind === "no-decision")
        report({
          at: problem.place,
          message: `${problem.found} is returned, which decides nothing`,
          next: NEXT,
        });
  },
};

const NEXT = "Return targetWeights(…), targetPositions(…), orders(…), or a dataset(…).";
