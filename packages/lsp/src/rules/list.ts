import { clockMismatch } from "./clock-mismatch/rule.ts";
import { delayedIntoDecision } from "./delayed-into-decision/rule.ts";
import { domainAlias } from "./domain-alias/rule.ts";
import { domainBranchInCompute } from "./domain-branch-in-compute/rule.ts";
import { domainEdgeBacktestToLive } from "./domain-edge-backtest-to-live/rule.ts";
import { domainMutableStateShared } from "./domain-mutable-state-shared/rule.ts";
import { domainOrderInShadow } from "./domain-order-in-shadow/rule.ts";
import { domainSelfSelected } from "./domain-self-selected/rule.ts";
import { graphDanglingInput } from "./graph-dangling-input/rule.ts";
import { graphIntervalMismatch } from "./graph-interval-mismatch/rule.ts";
import { graphNoDecision } from "./graph-no-decision/rule.ts";
import { graphNotStatic } from "./graph-not-static/rule.ts";
import { graphUnreachableNode } from "./graph-unreachable-node/rule.ts";
import { inputMutated } from "./input-mutated/rule.ts";
import { ioInCompute } from "./io-in-compute/rule.ts";
import { lookAhead } from "./look-ahead/rule.ts";
import { missingAsOf } from "./missing-as-of/rule.ts";
import { nameInvalidOrDuplicate } from "./name-invalid-or-duplicate/rule.ts";
import { nondeterministicCompute } from "./nondeterministic-compute/rule.ts";
import { paramOutOfRange } from "./param-out-of-range/rule.ts";
import { periodTooShort } from "./period-too-short/rule.ts";
import type { Rule } from "./rule.ts";
import { schemaDtypeMismatch } from "./schema-dtype-mismatch/rule.ts";
import { schemaMissingRequired } from "./schema-missing-required/rule.ts";
import { schemaNotLiteral } from "./schema-not-literal/rule.ts";
import { schemaOutputDrift } from "./schema-output-drift/rule.ts";
import { schemaTimeUnit } from "./schema-time-unit/rule.ts";
import { schemaUnknownColumn } from "./schema-unknown-column/rule.ts";
import { schemaUnusedColumn } from "./schema-unused-column/rule.ts";
import { undeclaredCapture } from "./undeclared-capture/rule.ts";
import { unsafeLiveDefault } from "./unsafe-live-default/rule.ts";
import { warmupExceedsWorld } from "./warmup-exceeds-world/rule.ts";
import { windowRetained } from "./window-retained/rule.ts";
import { worldConfigMismatch } from "./world-config-mismatch/rule.ts";

/** Every rule, by code. */
export const RULES: readonly Rule[] = [
  clockMismatch,
  delayedIntoDecision,
  domainAlias,
  domainBranchInCompute,
  domainEdgeBacktestToLive,
  domainMutableStateShared,
  domainOrderInShadow,
  domainSelfSelected,
  graphDanglingInput,
  graphIntervalMismatch,
  graphNoDecision,
  graphNotStatic,
  graphUnreachableNode,
  inputMutated,
  ioInCompute,
  lookAhead,
  missingAsOf,
  nameInvalidOrDuplicate,
  nondeterministicCompute,
  paramOutOfRange,
  periodTooShort,
  schemaDtypeMismatch,
  schemaMissingRequired,
  schemaNotLiteral,
  schemaOutputDrift,
  schemaTimeUnit,
  schemaUnknownColumn,
  schemaUnusedColumn,
  undeclaredCapture,
  unsafeLiveDefault,
  warmupExceedsWorld,
  windowRetained,
  worldConfigMismatch,
].sort((a, b) => (a.code < b.code ? -1 : 1));
