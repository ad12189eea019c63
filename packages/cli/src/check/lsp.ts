/** A module of its own: it is loaded by `import()`, so that only what checks brings the analysis in. */
export {
  applySafeFixes,
  createAnalysis,
  ENGINE_RULES,
  explainRule,
  githubReport,
  jsonReport,
  prettyReport,
  RULES,
  reportOf,
  sarifReport,
} from "@qmtl/lsp";
