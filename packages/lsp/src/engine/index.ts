export { type Analysis, type AnalysisOptions, type CheckOptions, createAnalysis } from "./analysis.ts";
export { type Carry, carryOver } from "./carry.ts";
export { checkFile, type Submission } from "./check-file.ts";
export { ENGINE_RULES } from "./engine-rules.ts";
export { explainRule } from "./explain.ts";
export type { CheckedModule } from "./module-check.ts";
export { sourceStore } from "./source-store.ts";
