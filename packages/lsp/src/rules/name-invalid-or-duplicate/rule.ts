import type { Place, Term } from "../../facts/index.ts";
import type { Rule, StrategyContext } from "../rule.ts";

const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/;

export const nameInvalidOrDuplicate: Rule = {
  code: "N601",
  slug: "name-invalid-or-duplicate",
  title: "A name is taken, or is none",
  severity: "error",
  tier: 1,
  checkStrategy(context) {
    const { strategy } = context;
    checkName(context, strategy.name);
    if (strategy.result.kind === "dataset") checkName(context, strategy.result.name);
    const taken = new Map<string, Term>();
    for (const fact of strategy.nodes) {
      if (!("name" in fact)) continue;
      checkName(context, fact.name);
      if (fact.name.kind !== "literal" || typeof fact.name.value !== "string") continue;
      const name = fact.name.value;
      const first = taken.get(name);
      if (first === undefined) taken.set(name, fact.name);
      else if (first.at !== fact.name.at) reportTaken(context, name, fact.name, first, new Set(taken.keys()));
    }
  },
};

function checkName({ placeOf, report }: StrategyContext, term: Term): void {
  if (term.kind !== "literal" || (typeof term.value === "string" && NAME.test(term.value))) return;
  const meant = String(term.value)
    .trim()
    .replaceAll(/[^A-Za-z0-9_.-]+/g, "-")
    .replace(/^[^A-Za-z]+/, "")
    .replace(/-+$/, "")
    .slice(0, 100);
  const at = placeOf(term.at);
  report({
    at,
    message: `${JSON.stringify(term.value)} is not a name`,
    next: "Begin with a letter; letters, digits, dots, dashes and underscores follow, at most 100.",
    fixes: meant === "" ? [] : [renameTo(at, meant)],
  });
}

function reportTaken(
  { placeOf, report }: StrategyContext,
  name: string,
  term: Term,
  first: Term,
  taken: ReadonlySet<string>,
): void {
  let number = 2;
  while (taken.has(`${name}-${number}`)) number++;
  const at = placeOf(term.at);
  report({
    at,
    message: `Two nodes are named "${name}"`,
    next: "Give each node a name of its own.",
    related: [{ message: "The other one", place: placeOf(first.at) }],
    fixes: [renameTo(at, `${name}-${number}`)],
    data: { name },
  });
}

function renameTo(place: Place, name: string) {
  return { title: `Rename to ${name}`, edits: [{ place, text: JSON.stringify(name) }], isSafe: false };
}
