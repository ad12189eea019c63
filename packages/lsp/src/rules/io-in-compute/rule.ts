import { codeIssues } from "../code-issues.ts";
import type { Rule } from "../rule.ts";
import { removeFix } from "./remove-fix.ts";

export const ioInCompute: Rule = {
  code: "C404",
  slug: "io-in-compute",
  title: "A node waits or reaches out of itself",
  severity: "error",
  tier: 0,
  unsuppressable: true,
  checkModule({ reading, bodies, report }) {
    for (const issue of codeIssues(reading, bodies))
      if (issue.kind === "effect")
        report({
          at: issue.place,
          message: `${issue.subject} waits or reaches out of the node, which computes at once from its inputs alone`,
          fixes: removeFix(reading, bodies, issue),
          next: "Bring data in through a stream; for anything else write a data provider.",
          data: { cause: issue.code, subject: issue.subject },
        });
  },
};
