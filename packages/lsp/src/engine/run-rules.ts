import type { Place } from "../facts/index.ts";
import type { Draft, Finding, Rule } from "../rules/index.ts";
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
