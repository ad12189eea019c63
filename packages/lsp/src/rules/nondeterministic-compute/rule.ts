import { codeIssues } from "../code-issues.ts";
import type { Rule } from "../rule.ts";
import { stableFix } from "./stable-fix.ts";

export const nondeterministicCompute: Rule = {
  code: "C403",
  slug: "nondeterministic-compute",
  title: "A node gives another answer from run to run",
  severity: "error",
  tier: 0,
  unsuppressable: true,
  checkModule({ reading, bodies, report }) {
    for (const issue of codeIssues(reading, bodies))
      if (issue.kind === "nondeterministic")
        report({
          at: issue.place,
          message: `${issue.subject} gives another answer from run to run or from machine to machine`,
          fixes: stableFix(reading, bodies, issue),
          next: "Use rng(of, seed) for chance, a param for a setting, and operations without a locale.",
          data: { cause: issue.code, subject: issue.subject },
        });
  },
};
