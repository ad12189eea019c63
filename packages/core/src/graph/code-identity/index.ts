export type { CapturedTable } from "./captured-tables.ts";
export { type Cause, type CauseCode, type CodeLocation, explainCause } from "./causes.ts";
export {
  type CodeError,
  type CodeIssue,
  type FunctionTraits,
  type IdentifiedCode,
  type IdentifiedFunction,
  type ImportSite,
  type InspectedFunction,
  identifyCode,
  inspectCode,
} from "./identify-code.ts";
export {
  type CodeIdentity,
  createIdentityRegistry,
  type IdentityOptions,
  type IdentityRegistry,
} from "./identity.ts";
export { hardenIntrinsics } from "./intrinsics.ts";
export type { FunctionSite, FunctionTable, Hooks, SdkModule } from "./registry.ts";
export { codeScheme } from "./scheme.ts";
export type { ParsedNode, SyntaxApi } from "./syntax-api.ts";
export { hookName } from "./tag-source.ts";
