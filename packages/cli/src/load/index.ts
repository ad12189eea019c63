export { loadStrategyBundle } from "./load-strategy-bundle.ts";
export type { StrategyBundle } from "./strategy-bundle.ts";
export { diskCache } from "./transform-cache.ts";
