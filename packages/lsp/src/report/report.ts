import type { Finding, Severity } from "../rules/index.ts";
import { type ReportedFinding, withFingerprints } from "./fingerprint.ts";

/** What a check found, as all formats show it. */
export interface Report {
  /** Those that no comment suppresses, in the order of files and text. */
  readonly findings: readonly ReportedFinding[];
  /** Suppressed by a comment with its reason. */
  readonly suppressed: readonly ReportedFinding[];
  readonly counts: Readonly<Record<Severity, number>>;
  /** Files that were looked at. */
  readonly files: number;
}

export interface ReportOptions {
  readonly files: number;
  readonly textOf: (path: string) => string;
  /** Fingerprints that are known and not told again. */
  readonly known?: ReadonlySet<string>;
}

export function reportOf(findings: readonly Finding[], { files, textOf, known }: ReportOptions): Report {
  const named = withFingerprints(findings, textOf).filter(({ fingerprint }) => known?.has(fingerprint) !== true);
  const open = named.filter(({ suppressed }) => suppressed === undefined);
  const counts: Record<Severity, number> = { error: 0, warning: 0, info: 0, hint: 0 };
  for (const { severity } of open) counts[severity]++;
  return { findings: open, suppressed: named.filter(({ suppressed }) => suppressed !== undefined), counts, files };
}

/** `2 errors, 1 warning in 14 files`; hints are counted where there are any. */
export function summaryOf({ counts, files }: Pick<Report, "counts" | "files">): string {
  const parts = (["error", "warning", "info", "hint"] as const).flatMap((severity) =>
    counts[severity] === 0
      ? []
      : [`${counts[severity]} ${severity}${counts[severity] === 1 || severity === "info" ? "" : "s"}`],
  );
  const where = `in ${files} file${files === 1 ? "" : "s"}`;
  return parts.length === 0 ? `Nothing found ${where}` : `${parts.join(", ")} ${where}`;
}
