import { delayedIntoDecision } from "./delayed-into-decision/rule.ts";
import { domainEdgeBacktestToLive } from "./domain-edge-backtest-to-live/rule.ts";
import { domainOrderInShadow } from "./domain-order-in-shadow/rule.ts";
import { lookAhead } from "./look-ahead/rule.ts";
import type { Rule } from "./rule.ts";
import { schemaDtypeMismatch } from "./schema-dtype-mismatch/rule.ts";
import { schemaMissingRequired } from "./schema-missing-required/rule.ts";
import { schemaNotLiteral } from "./schema-not-literal/rule.ts";
import { schemaOutputDrift } from "./schema-output-drift/rule.ts";
import { schemaUnknownColumn } from "./schema-unknown-column/rule.ts";
import { schemaUnusedColumn } from "./schema-unused-column/rule.ts";
import { worldConfigMismatch } from "./world-config-mismatch/rule.ts";

/** Every rule, by code. */
export const RULES: readonly Rule[] = [
  delayedIntoDecision,
  domainEdgeBacktestToLive,
  domainOrderInShadow,
  lookAhead,
  schemaDtypeMismatch,
  schemaMissingRequired,
  schemaNotLiteral,
  schemaOutputDrift,
  schemaUnknownColumn,
  schemaUnusedColumn,
  worldConfigMismatch,
].sort((a, b) => (a.code < b.code ? -1 : 1));
