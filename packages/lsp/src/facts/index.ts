/** Static reading of strategy files: plain data, from the parser alone. */
export type * from "./facts.ts";
export { readFacts, relocateFacts } from "./read.ts";
export { resolveFacts } from "./resolve.ts";
export type * from "./static-graph.ts";
export { isUnknown } from "./static-graph.ts";
export type { VirtualFiles } from "./virtual-files.ts";
