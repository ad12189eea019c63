import { lookAhead } from "./look-ahead/rule.ts";
import type { Rule } from "./rule.ts";
import { schemaUnknownColumn } from "./schema-unknown-column/rule.ts";
import { worldConfigMismatch } from "./world-config-mismatch/rule.ts";

/** Every rule, by code. */
export const RULES: readonly Rule[] = [lookAhead, worldConfigMismatch, schemaUnknownColumn].sort((a, b) =>
  a.code < b.code ? -1 : 1,
);
