import { QmtlError } from "../schema/error.ts";

/** Options are one object; a misspelt one is an error, never ignored. @throws `strategy.unknown-option`, `strategy.invalid-option` */
export function refuseUnknownKeys(options: object, known: readonly string[], where: string): void {
  if (typeof options !== "object" || options === null)
    throw new QmtlError({
      code: "strategy.invalid-option",
      message: `${where} has no options object`,
      next: `Pass an object with ${known.join(", ")}.`,
    });
  for (const key of Object.keys(options))
    if (!known.includes(key))
      throw new QmtlError({
        code: "strategy.unknown-option",
        message: `${where} has no option "${key}"`,
        next: `Use one of ${known.join(", ")}.`,
      });
}

/** @throws `strategy.invalid-option` */
export function requireWord<const W extends string>(value: unknown, words: readonly W[], where: string): W {
  if ((words as readonly unknown[]).includes(value)) return value as W;
  throw new QmtlError({
    code: "strategy.invalid-option",
    message: `${where} is ${JSON.stringify(value) ?? String(value)}`,
    next: `Use ${words.join(" or ")}.`,
  });
}
