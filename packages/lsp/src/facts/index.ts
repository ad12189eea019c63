/** Static reading of strategy files: plain data, from the parser alone. */
export { signatureOf } from "./build-indicator.ts";
export { constancyOf } from "./constancy.ts";
export { defaultParams, foldTerm, type ParamValuesByName } from "./constant.ts";
export { packageOf } from "./described-builder.ts";
export type * from "./facts.ts";
export { identifiedFunctions } from "./identified.ts";
export type { Binding, Linked } from "./link.ts";
export type { GraphEvaluation } from "./loose-evaluation.ts";
export { comparePositions, holds, placeBetween } from "./place.ts";
export { type ModuleReading, readFacts, readModule, relocateFacts } from "./read.ts";
export { type ConfigFacts, type ConfigPlugin, readConfig } from "./read-config.ts";
export { resolveFacts } from "./resolve.ts";
export { keysOf, returnedExpressions } from "./returned.ts";
export { type Declared, isReference, pushChildren, readScopes, type Scopes } from "./scope.ts";
export {
  offsetAt,
  outermost,
  type ParseSource,
  parseSource,
  placeOf,
  positionAt,
  type Source,
  unwrap,
} from "./source.ts";
export type * from "./static-graph.ts";
export { isUnknown } from "./static-graph.ts";
export { type TextLines, textLines } from "./text-lines.ts";
export type { FunctionSyntax, Value } from "./value.ts";
export type { VirtualFiles } from "./virtual-files.ts";
