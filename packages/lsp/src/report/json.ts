import type { Place } from "../facts/index.ts";
import type { JsonSchema } from "../project/index.ts";
import type { ReportedFinding } from "./fingerprint.ts";
import type { Report } from "./report.ts";

/** The report as one JSON object; see {@link REPORT_SCHEMA}. Lines and columns are 1-based, ends exclusive. */
export function jsonReport(report: Report) {
  return {
    format: 1,
    files: report.files,
    counts: report.counts,
    findings: report.findings.map(jsonFinding),
    suppressed: report.suppressed.map((finding) => ({
      ...jsonFinding(finding),
      reason: finding.suppressed?.reason ?? "",
    })),
  };
}

function jsonFinding(finding: ReportedFinding) {
  const { code, slug, severity, message, next, place, related, fixes, data, fingerprint } = finding;
  return {
    code,
    slug,
    severity,
    message,
    ...(next !== undefined && { next }),
    ...jsonPlace(place),
    related: related.map((each) => ({ message: each.message, ...jsonPlace(each.place) })),
    fixes: fixes.map(({ title, isSafe, edits }) => ({
      title,
      isSafe,
      edits: edits.map((edit) => ({ ...jsonPlace(edit.place), text: edit.text })),
    })),
    data,
    fingerprint,
  };
}

function jsonPlace({ file, start, end }: Place) {
  return { file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

const text: JsonSchema = { type: "string" };
const count: JsonSchema = { type: "integer", minimum: 0 };
const at = { file: text, line: count, column: count, endLine: count, endColumn: count };

const object = (properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []): JsonSchema => ({
  type: "object",
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});

const finding = {
  code: { type: "string", pattern: "^[A-Z][0-9]{3}$" },
  slug: text,
  severity: { enum: ["error", "warning", "info", "hint"] },
  message: text,
  next: text,
  ...at,
  related: { type: "array", items: object({ message: text, ...at }) },
  fixes: {
    type: "array",
    items: object({
      title: text,
      isSafe: { type: "boolean" },
      edits: { type: "array", items: object({ ...at, text }) },
    }),
  },
  data: { type: "object", additionalProperties: text },
  fingerprint: { type: "string", pattern: "^[0-9a-f]{16}$" },
} as const satisfies Readonly<Record<string, JsonSchema>>;

/** JSON Schema of what `qmtl check --format json` prints. */
export const REPORT_SCHEMA: JsonSchema & { readonly title: string } = {
  title: "QMTL check report",
  ...object({
    format: { const: 1 },
    files: count,
    counts: object({ error: count, warning: count, info: count, hint: count }),
    findings: { type: "array", items: object(finding, ["next"]) },
    suppressed: { type: "array", items: object({ ...finding, reason: text }, ["next"]) },
  }),
};
