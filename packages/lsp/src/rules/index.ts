export { type ComputeBody, computeBodies } from "./compute-body.ts";
export type { Finding, Fix, RelatedPlace, Severity, TextEdit } from "./finding.ts";
export { RULES } from "./list.ts";
export { openForTypes } from "./open-for-types.ts";
export type {
  Draft,
  ModuleContext,
  ProjectContext,
  Rule,
  StrategyContext,
  TypesContext,
  WorldContext,
} from "./rule.ts";
