import { QmtlError } from "@qmtl/core/schema";

/** `name=value` pairs: what reads as a number is one. @throws `cli.invalid-param` */
export function parseParams(pairs: readonly string[]): Record<string, number | string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      const text = pair.slice(at + 1).trim();
      if (at < 1 || text === "")
        throw new QmtlError({
          code: "cli.invalid-param",
          message: `${JSON.stringify(pair)} is not name=value`,
          next: "Write --param fast=10.",
        });
      const number = Number(text);
      return [pair.slice(0, at).trim(), Number.isFinite(number) ? number : text];
    }),
  );
}
