import { QmtlError } from "../schema/error.ts";

/** Options are one object; a misspelt one is an error, never ignored. @throws `strategy.unknown-option` */
export function refuseUnknownKeys(options: object, known: readonly string[], where: string): void {
  for (const key of Object.keys(options))
    if (!known.includes(key))
      throw new QmtlError({
        code: "strategy.unknown-option",
        message: `${where} has no option "${key}"`,
        next: `Use one of ${known.join(", ")}.`,
      });
}
