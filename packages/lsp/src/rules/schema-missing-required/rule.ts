import type { Place } from "../../facts/index.ts";
import type { Draft, Rule } from "../rule.ts";

export const schemaMissingRequired: Rule = {
  code: "S203",
  slug: "schema-missing-required",
  title: "A panel lacks a column that its reader needs",
  severity: "error",
  tier: 1,
  provenByTypes: true,
  checkStrategy({ strategy, placeOf, report }) {
    for (const { cause, at } of strategy.unread) {
      if (cause.code !== "missing-column" || cause.choice === undefined) continue;
      const { wanted, among } = cause.choice;
      report(draftOf(placeOf(at), wanted, among));
    }
  },
  checkTypes({ problems, report }) {
    for (const problem of problems) {
      const [wanted] = problem.kind === "missing-columns" ? problem.missing : [];
      if (problem.kind === "missing-columns" && wanted !== undefined)
        report(draftOf(problem.place, wanted, problem.needed));
    }
  },
};

function draftOf(at: Place, wanted: string, among: readonly string[]): Draft {
  return {
    at,
    message: `This panel has no column "${wanted}", and ${among.join(", ")} are needed here`,
    next: `Pass a stream or a node whose output declares ${among.join(", ")}.`,
    data: { column: wanted },
  };
}
