import type { StrategyFacts, Term, Unknown } from "./facts.ts";
import { applyOperator } from "./fold.ts";
import type { Constant, Known } from "./static-graph.ts";
import { isUnknown } from "./static-graph.ts";

/** The values of params, by name. */
export type ParamValuesByName = ReadonlyMap<string, Constant>;

/** What a constant of the graph is under given params. */
export function foldTerm(term: Term, params: ParamValuesByName): Known<Constant> {
  switch (term.kind) {
    case "literal":
      return term.value;
    case "special":
      return Number(term.value);
    case "param":
      return params.get(term.name) ?? unknownAt(term, `The param "${term.name}" has no known value`);
    case "operation": {
      const of: Constant[] = [];
      for (const each of term.of) {
        const value = foldTerm(each, params);
        if (isUnknown(value)) return value;
        of.push(value);
      }
      return applyOperator(term.operator, of) ?? unknownAt(term, "This operator does not go with these values");
    }
    case "unknown":
      return term;
  }
}

/** The defaults that a strategy's text states for its params. */
export function defaultParams({ params }: Pick<StrategyFacts, "params">): Map<string, Constant> {
  const values = new Map<string, Constant>();
  if (params.kind !== "params") return values;
  for (const param of params.params) {
    const standard = param.kind === "unknown" ? undefined : foldTerm(param.default, values);
    if (standard !== undefined && !isUnknown(standard)) values.set(param.name, standard);
  }
  return values;
}

export function unknownAt({ at }: { readonly at: number }, message: string): Unknown {
  return { kind: "unknown", cause: { code: "unexpected", message }, at };
}
