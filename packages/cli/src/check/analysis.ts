/** A module of its own: it is loaded by `import()`, so that only what no cache knows brings the parser in. */
export { checkFile, syntax } from "@qmtl/lsp";
