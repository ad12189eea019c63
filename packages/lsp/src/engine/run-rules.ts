import type { Place } from "../facts/index.ts";
import type { Draft, Finding, Rule, WorldContext } from "../rules/index.ts";
import { engineFinding } from "./engine-finding.ts";
import { RULE_FAILED } from "./engine-rules.ts";

export interface Collector {
  readonly findings: Finding[];
  readonly live: boolean;
}

/** Runs one rule; what it throws is one finding about the rule, at `whole`. */
export function runRule(
  rule: Rule,
  { findings, live }: Collector,
  whole: Place,
  check: (report: (draft: Draft) => void) => void,
): void {
  const mine: Finding[] = [];
  try {
    check((draft) => mine.push(findingOf(rule, draft, live)));
    findings.push(...mine);
  } catch (error) {
    findings.push(
      engineFinding(
        RULE_FAILED,
        whole,
        `The rule ${rule.code} (${rule.slug}) failed: ${error instanceof Error ? error.message : String(error)}`,
        { next: "It is off for this version of the file; please report it.", data: { rule: rule.code } },
      ),
    );
  }
}

function findingOf(rule: Rule, draft: Draft, live: boolean): Finding {
  const { at, message, next, related = [], fixes = [], data = {}, severity = rule.severity } = draft;
  return {
    code: rule.code,
    slug: rule.slug,
    severity: live && rule.opensLive === true ? "error" : severity,
    message,
    ...(next !== undefined && { next }),
    place: { file: at.file, start: at.start, end: at.end },
    related,
    fixes,
    tier: rule.tier,
    provenByTypes: rule.provenByTypes === true,
    unnecessary: rule.unnecessary === true,
    data,
  };
}

/** What rules say of a world file. */
export function runWorldRules(rules: readonly Rule[], context: Omit<WorldContext, "report">): readonly Finding[] {
  const collector: Collector = { findings: [], live: context.live };
  const { path } = context.world;
  for (const rule of rules)
    if (rule.checkWorld !== undefined)
      runRule(rule, collector, startOf(path), (report) => rule.checkWorld?.({ ...context, report }));
  return collector.findings;
}

export function startOf(file: string): Place {
  return { file, start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
}
