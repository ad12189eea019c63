/** `@qmtl/lsp`: the analysis engine: the syntax door and the facts read through it. */
export * from "./facts/index.ts";
export { syntax } from "./syntax/code-syntax.ts";
