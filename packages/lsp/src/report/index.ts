export { applySafeFixes } from "./apply-fixes.ts";
export type { ReportedFinding } from "./fingerprint.ts";
export { githubReport } from "./github.ts";
export { jsonReport, REPORT_SCHEMA } from "./json.ts";
export { type Paint, prettyReport } from "./pretty.ts";
export { type Report, type ReportOptions, reportOf, summaryOf } from "./report.ts";
export { sarifReport } from "./sarif.ts";
