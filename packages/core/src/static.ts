/** `@qmtl/core/static`: what the language server may import: pure data and functions, nothing that runs user code. */
export * from "./graph/code-identity/index.ts";
export * from "./indicators/signature.ts";
export type { CompiledPolicy } from "./policy/compile-policy.ts";
export { compilePolicy, expressionFaults } from "./policy/compile-policy.ts";
export type { ExpressionFault } from "./policy/expression.ts";
export type { Policy } from "./policy/policy.ts";
export { POLICY_PRESETS, type PolicyPresetName } from "./policy/presets.ts";
export * from "./schema/index.ts";
export type { WorldConfig } from "./world/config.ts";
export { type CheckedWorld, checkWorld, parseWorld } from "./world/parse-world.ts";
