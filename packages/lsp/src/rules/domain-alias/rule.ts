import { closestName, DOMAINS } from "@qmtl/core/static";
import { domainOfAlias } from "../domain-words.ts";
import type { Rule } from "../rule.ts";

export const domainAlias: Rule = {
  code: "D110",
  slug: "domain-alias",
  title: "A word stands where a domain is expected",
  severity: "warning",
  tier: 0,
  checkStrategy({ strategy, placeOf, report }) {
    for (const fact of strategy.nodes) {
      if (!("domains" in fact) || fact.domains?.kind !== "list") continue;
      for (const item of fact.domains.items) {
        if (item.kind !== "literal" || (DOMAINS as readonly unknown[]).includes(item.value)) continue;
        const word = String(item.value);
        const meant = domainOfAlias(word) ?? closestName(word, DOMAINS);
        const place = placeOf(item.at);
        report({
          at: place,
          message: `"${word}" is no domain; there are ${DOMAINS.join(", ")}`,
          next: meant === undefined ? `Use one of ${DOMAINS.join(", ")}.` : `Its name is ${meant}.`,
          fixes:
            meant === undefined
              ? []
              : [{ title: `Change to "${meant}"`, edits: [{ place, text: JSON.stringify(meant) }], isSafe: true }],
          data: { word },
        });
      }
    }
  },
};
