import { inlineFix } from "../inline-fix.ts";
import type { Rule } from "../rule.ts";

export const schemaNotLiteral: Rule = {
  code: "S206",
  slug: "schema-not-literal",
  title: "A schema can't be read from the text",
  severity: "warning",
  tier: 1,
  opensLive: true,
  checkStrategy({ strategy, placeOf, reading, report }) {
    for (const fact of strategy.nodes) {
      const unread = fact.kind === "stream" ? (fact.schema.kind === "unknown" ? fact.schema : fact.output) : undefined;
      if (unread?.kind !== "unknown" || unread.cause.code === "missing") continue;
      report({
        at: placeOf(unread.at),
        message: `This schema can't be read, so nothing can be said about its columns: ${lower(unread.cause.message)}`,
        fixes: unread.cause.code === "helper-call" ? inlineFix(reading(), reading().syntaxAt(unread.at)) : [],
        next: 'Write it as schema("name@1", { … }) in a const.',
      });
    }
  },
};

function lower(sentence: string): string {
  return sentence.slice(0, 1).toLowerCase() + sentence.slice(1);
}
