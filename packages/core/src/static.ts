/** `@qmtl/core/static`: what the language server may import: pure data and functions, nothing that runs user code. */
export * from "./schema/index.ts";
