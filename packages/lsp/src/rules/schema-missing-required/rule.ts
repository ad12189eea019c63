import type { Cell } from "@qmtl/core/static";
import { type Place, placeOf, type StrategyFacts, signatureOf } from "../../facts/index.ts";
import { ts } from "../../syntax/index.ts";
import { cellWord, importEdits } from "../edits.ts";
import type { Fix } from "../finding.ts";
import { readsOf } from "../graph-reads.ts";
import type { Draft, Rule, StrategyContext } from "../rule.ts";

export const schemaMissingRequired: Rule = {
  code: "S203",
  slug: "schema-missing-required",
  title: "A panel lacks a column that its reader needs",
  severity: "error",
  tier: 1,
  provenByTypes: true,
  checkStrategy(context) {
    const { strategy, report } = context;
    for (const { cause, at } of strategy.unread) {
      if (cause.code !== "missing-column" || cause.choice === undefined) continue;
      const { wanted, among } = cause.choice;
      report({ ...draftOf(context.placeOf(at), wanted, among), fixes: declareFix(context, at) });
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

/** Declares the columns where a node of the author makes the panel; what they hold is then for its `compute` to say. */
function declareFix({ strategy, index, reading }: StrategyContext, at: number): readonly Fix[] {
  const { evaluate, syntaxAt } = reading();
  const expression = syntaxAt(at);
  const panel = ts.isExpression(expression) ? evaluate(index, expression) : undefined;
  const maker = panel?.kind === "panel" ? strategy.nodes[panel.node] : undefined;
  if (maker?.kind !== "user" && maker?.kind !== "cross-section" && maker?.kind !== "aggregate") return [];
  if (maker.output.kind !== "output") return [];
  const literal = syntaxAt(maker.output.at);
  const last = ts.isObjectLiteralExpression(literal) ? literal.properties.at(-1) : undefined;
  if (last === undefined) return [];
  const declared = new Set(maker.output.columns.map(({ name }) => name));
  const missing = Object.entries(neededBy(strategy, at)).filter(([name]) => !declared.has(name));
  const words = missing.map(([, cell]) => cellWord(cell));
  if (missing.length === 0 || words.includes(undefined)) return [];
  const { file, end } = placeOf(last);
  const imports = [...new Set(words)].flatMap((word) => importEdits(reading(), file, "@qmtl/core/schema", word ?? ""));
  const text = missing.map(([name], each) => `, ${name}: ${words[each]}`).join("");
  return [
    {
      title: `Declare ${missing.map(([name]) => name).join(", ")} in its output`,
      edits: [{ place: { file, start: end, end }, text }, ...imports],
      isSafe: false,
    },
  ];
}

/** The columns that an indicator wants of the panel at a place. */
function neededBy(strategy: StrategyFacts, at: number): Readonly<Record<string, Cell>> {
  for (const fact of strategy.nodes) {
    if (fact.kind !== "kernel" && fact.kind !== "cross-kernel") continue;
    if (!readsOf(fact).some(({ read }) => read.kind === "unknown" && read.at === at)) continue;
    for (const argument of signatureOf(fact.builder)?.arguments ?? [])
      if (argument.kind === "panel") return argument.columns;
  }
  return {};
}
