import { placeOf } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { isDomainName } from "../domain-words.ts";
import { entryPlace } from "../edits.ts";
import type { Rule } from "../rule.ts";
import { strategySpec } from "../strategy-spec.ts";

/** Options by which people try to choose where a strategy runs, beside those named for a domain or a mode. */
const CHOICES: ReadonlySet<string> = new Set([
  "domains",
  "live",
  "paper",
  "dryRun",
  "dryrun",
  "backtest",
  "shadow",
  "world",
]);

export const domainSelfSelected: Rule = {
  code: "D104",
  slug: "domain-self-selected",
  title: "A strategy chooses its own mode or domain",
  severity: "error",
  tier: 0,
  unsuppressable: true,
  checkModule({ reading, report }) {
    for (const index of reading.facts.strategies.keys()) {
      const literal = strategySpec(reading, index);
      if (literal === undefined) continue;
      for (const property of literal.properties) {
        const { name } = property;
        if (name === undefined || !(ts.isIdentifier(name) || ts.isStringLiteralLike(name))) continue;
        if (!CHOICES.has(name.text) && !isDomainName(name.text)) continue;
        report({
          at: placeOf(property),
          message: `A strategy does not choose its ${name.text}: the world's effective mode is the sole authority`,
          next: "Remove it, and let the world decide.",
          fixes: [
            {
              title: `Remove ${name.text}`,
              edits: [{ place: entryPlace(property, literal.properties), text: "" }],
              isSafe: true,
            },
          ],
          data: { option: name.text },
        });
      }
    }
  },
};
