import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { QmtlError } from "@qmtl/core/schema";
import type { ReportedFinding } from "@qmtl/lsp";
import * as z from "zod";

const shape = z.strictObject({ format: z.literal(1), fingerprints: z.array(z.string()) });

/**
 * The findings that were there when the baseline was written; undefined when there is no such file yet.
 *
 * @throws `check.baseline-broken`
 */
export function readBaseline(file: string): ReadonlySet<string> | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return new Set(shape.parse(JSON.parse(readFileSync(file, "utf8"))).fingerprints);
  } catch (cause) {
    throw new QmtlError({
      code: "check.baseline-broken",
      message: `${file} is not a baseline of qmtl check`,
      place: { file },
      next: "Delete it, and run the check once with --baseline to write it anew.",
      cause,
    });
  }
}

export function writeBaseline(file: string, findings: readonly ReportedFinding[]): void {
  const fingerprints = findings.map(({ fingerprint }) => fingerprint).sort();
  writeFileSync(file, `${JSON.stringify({ format: 1, fingerprints }, null, 2)}\n`);
}
