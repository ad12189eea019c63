/** `@qmtl/core/static`: what the language server may import: pure data and functions, nothing that runs user code. */
export * from "./schema/index.ts";
export * from "./graph/code-identity/index.ts";
export * from "./indicators/signature.ts";
