import { ENGINE_RULES } from "../engine/index.ts";
import type { Place } from "../facts/index.ts";
import { RULES, type Severity } from "../rules/index.ts";
import type { ReportedFinding } from "./fingerprint.ts";
import type { Report } from "./report.ts";

const LEVELS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "note", hint: "note" };

/** The report as SARIF 2.1.0 (OASIS), which code scanning services read. @param version of the tool */
export function sarifReport(report: Report, version: string) {
  const rules = [...RULES, ...ENGINE_RULES];
  const all: readonly ReportedFinding[] = [...report.findings, ...report.suppressed];
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "qmtl check",
            semanticVersion: version,
            rules: rules.map(({ code, slug, title, severity }) => ({
              id: code,
              name: slug,
              shortDescription: { text: title },
              defaultConfiguration: { level: LEVELS[severity] },
            })),
          },
        },
        columnKind: "utf16CodeUnits",
        results: all.map((finding) => ({
          ruleId: finding.code,
          ruleIndex: rules.findIndex(({ code }) => code === finding.code),
          level: LEVELS[finding.severity],
          message: { text: finding.next === undefined ? `${finding.message}.` : `${finding.message}. ${finding.next}` },
          locations: [{ physicalLocation: physical(finding.place) }],
          ...(finding.related.length > 0 && {
            relatedLocations: finding.related.map(({ message, place }, id) => ({
              id,
              message: { text: message },
              physicalLocation: physical(place),
            })),
          }),
          partialFingerprints: { "qmtlFinding/v1": finding.fingerprint },
          ...(finding.suppressed !== undefined && {
            suppressions: [{ kind: "inSource", justification: finding.suppressed.reason }],
          }),
        })),
      },
    ],
  };
}

function physical({ file, start, end }: Place) {
  return {
    artifactLocation: { uri: file.split("/").map(encodeURIComponent).join("/") },
    region: { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column },
  };
}
