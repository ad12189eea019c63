import type { Rule } from "../rule.ts";

export const graphNoDecision: Rule = {
  code: "G305",
  slug: "graph-no-decision",
  title: "A strategy decides nothing",
  severity: "warning",
  tier: 1,
  provenByTypes: true,
  checkStrategy({ strategy, placeOf, report }) {
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
