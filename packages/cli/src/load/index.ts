export { type EvaluatedBundle, type EvaluateOptions, evaluateBundle } from "./evaluate-bundle.ts";
export { type LoadOptions, loadStrategyBundle } from "./load-strategy-bundle.ts";
export { createSourceReader, type SourceReader } from "./source-place.ts";
export type { ProvidedImport, StrategyBundle } from "./strategy-bundle.ts";
export { diskCache, memoryCache, type TransformCache } from "./transform-cache.ts";
