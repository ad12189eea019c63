import { type Diagnostic, DiagnosticSeverity, DiagnosticTag } from "vscode-languageserver/node";
import type { Finding } from "../rules/index.ts";
import type { ProjectRoot } from "./project-root.ts";
import { rangeOf } from "./ranges.ts";

export interface DiagnosticSettings {
  /** TypeScript is at work in the same editor: what it reports too is left to it. */
  readonly typescript: boolean;
}

/** Whether the editor shows a finding by itself. */
export function isShown({ provenByTypes, suppressed }: Finding, { typescript }: DiagnosticSettings): boolean {
  return suppressed === undefined && !(provenByTypes && typescript);
}

const SEVERITIES = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
} as const;

export function diagnosticOf(root: ProjectRoot, finding: Finding): Diagnostic {
  const { code, slug, severity, message, next, place, related, unnecessary, data } = finding;
  return {
    range: rangeOf(place),
    severity: SEVERITIES[severity],
    code,
    source: "qmtl",
    message: next === undefined ? message : `${message}. ${next}`,
    ...(unnecessary && { tags: [DiagnosticTag.Unnecessary] }),
    ...(related.length > 0 && {
      relatedInformation: related.map(({ message: says, place: at }) => ({
        message: says,
        location: { uri: root.uriOf(at.file), range: rangeOf(at) },
      })),
    }),
    data: { slug, ...data },
  };
}
