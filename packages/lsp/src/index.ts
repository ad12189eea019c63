/** `@qmtl/lsp`: the analysis engine: a project's files in, findings out; nothing of theirs is run. */
export * from "./engine/index.ts";
export * from "./facts/index.ts";
export type * from "./features/graph-answer.ts";
export type { CheckAnswer } from "./lsp/check-answer.ts";
export * from "./project/index.ts";
export * from "./report/index.ts";
export * from "./rules/index.ts";
export { syntax } from "./syntax/code-syntax.ts";
