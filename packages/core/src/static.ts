/** `@qmtl/core/static`: what the language server may import: pure data and functions, nothing that runs user code. */
export { type DataPreset, selectSymbols } from "./data/preset.ts";
export { misfitOf, type StreamNeeds } from "./data/stream-fit.ts";
export * from "./graph/code-identity/index.ts";
export { parseRunManifest, type RunManifest, runManifestPath } from "./graph/run-manifest.ts";
export { GUARD_METRICS } from "./guards/report.ts";
export * from "./indicators/signature.ts";
export type { PresetDescription } from "./plugin/contract/data-provider.ts";
export type { MetricDescription } from "./plugin/contract/evaluator.ts";
export {
  type Brings,
  MANIFEST_FILE,
  type ManifestNode,
  type ManifestPlugin,
  type PluginManifest,
} from "./plugin/contract/manifest.ts";
export type { PluginKind } from "./plugin/contract/plugin.ts";
export { type CheckedManifest, checkManifest } from "./plugin/manifest/check-manifest.ts";
export { closestName } from "./policy/closest-name.ts";
export type { CompiledPolicy } from "./policy/compile-policy.ts";
export { compilePolicy, expressionFaults } from "./policy/compile-policy.ts";
export type { ExpressionFault } from "./policy/expression.ts";
export type { Policy } from "./policy/policy.ts";
export { POLICY_PRESETS, type PolicyPresetName } from "./policy/presets.ts";
export { describeCell, sameCell } from "./schema/cell.ts";
export * from "./schema/index.ts";
export { DOMAINS, type Domain } from "./strategy/column.ts";
export { highestMode, type WorldConfig } from "./world/config.ts";
export type { LocatedMistake } from "./world/mistake.ts";
export { domainOf, type ExecutionDomain, MODES, type Mode } from "./world/mode.ts";
export {
  type CheckedWorld,
  checkWorld,
  parseWorld,
  type TextRange,
  type WorldPositions,
} from "./world/parse-world.ts";
export { worldFileJsonSchema } from "./world/world-file.ts";
