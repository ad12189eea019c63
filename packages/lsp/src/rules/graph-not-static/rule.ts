import type { CauseCode, ModuleReading } from "../../facts/index.ts";
import { codeIssues } from "../code-issues.ts";
import type { Fix } from "../finding.ts";
import { inlineFix } from "../inline-fix.ts";
import type { Rule } from "../rule.ts";
import { namedValuesFix, unrolledLoopFix, unrolledMapFix } from "./unroll-fix.ts";

/** Causes that lie in how it is written; the others are mistakes that another rule or TypeScript names. */
const DYNAMIC: ReadonlySet<CauseCode> = new Set<CauseCode>([
  "helper-call",
  "not-constant",
  "reassigned",
  "mutated",
  "conditional",
  "loop",
  "computed-name",
  "spread",
  "dynamic-access",
  "package",
  "syntax",
]);

export const graphNotStatic: Rule = {
  code: "G306",
  slug: "graph-not-static",
  title: "The graph can't be read from the text",
  severity: "warning",
  tier: 1,
  opensLive: true,
  checkModule({ reading, bodies, report }) {
    for (const issue of codeIssues(reading, bodies))
      if (issue.kind === "unreadable")
        report({
          at: issue.place,
          message: issue.message,
          next: "Write it in a simpler form.",
          data: { cause: issue.code },
        });
    reportGraph({ reading, report });
  },
};

function reportGraph({
  reading,
  report,
}: {
  readonly reading: ModuleReading;
  readonly report: Parameters<NonNullable<Rule["checkModule"]>>[0]["report"];
}): void {
  const { facts } = reading;
  for (const strategy of facts.strategies) {
    const schemas = new Set(
      strategy.nodes.flatMap((fact) =>
        fact.kind === "stream"
          ? [fact.schema, fact.output].flatMap((each) => (each.kind === "unknown" ? [each.at] : []))
          : [],
      ),
    );
    const seen = new Set<number>();
    for (const { cause, at } of strategy.unread) {
      const place = facts.spans[at];
      if (
        !(DYNAMIC.has(cause.code) || cause.code === "refused") ||
        schemas.has(at) ||
        seen.has(at) ||
        place === undefined
      )
        continue;
      seen.add(at);
      report({
        at: place,
        message: cause.message,
        fixes: cause.code === "refused" ? [] : simplerFix(reading, cause.code, at),
        next: "Unroll it, or make it a param: what can't be read can't be proven safe.",
        ...(cause.code === "refused" && { severity: "error", next: "The graph does not build; correct it." }),
        data: { cause: cause.code },
      });
    }
  }
}

/** The same graph in a form that can be read, where there is no doubt that it is the same. */
function simplerFix(reading: ModuleReading, cause: CauseCode, at: number): readonly Fix[] {
  const syntax = reading.syntaxAt(at);
  if (cause === "helper-call") return inlineFix(reading, syntax);
  if (cause === "reassigned") return namedValuesFix(reading, syntax);
  if (cause !== "loop") return [];
  return [...unrolledLoopFix(reading, syntax), ...unrolledMapFix(reading, syntax)];
}
