import { createHash } from "node:crypto";

/** Changing the frozen table, the canonical text or the encoding of values is a new scheme. */
export const codeScheme = "codeid/1";

/** 64 hexadecimal digits of SHA-256 over the parts, which a line feed separates. */
export function digest(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}
