import { createHash } from "node:crypto";
import { textLines } from "../facts/index.ts";
import type { Finding } from "../rules/index.ts";

/** A finding with the name by which later runs know it again, wherever its line has moved to. */
export interface ReportedFinding extends Finding {
  /** 16 hexadecimal digits. */
  readonly fingerprint: string;
}

/** Names findings by rule, file and the text of their line; equal ones are counted. */
export function withFingerprints(
  findings: readonly Finding[],
  textOf: (path: string) => string,
): readonly ReportedFinding[] {
  const lines = new Map<string, ReturnType<typeof textLines>>();
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const { file, start } = finding.place;
    const of = lines.get(file) ?? textLines(textOf(file));
    lines.set(file, of);
    const what = JSON.stringify([finding.code, file, of.lineAt(start.line).trim()]);
    const count = seen.get(what) ?? 0;
    seen.set(what, count + 1);
    const fingerprint = createHash("sha256").update(`${what} ${count}`).digest("hex").slice(0, 16);
    return { ...finding, fingerprint };
  });
}
