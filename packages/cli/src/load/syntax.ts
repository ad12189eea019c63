/** A module of its own: it is loaded by `import()`, which would otherwise bring the whole package in. */
export { syntax } from "@qmtl/lsp";
