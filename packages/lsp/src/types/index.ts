/** What TypeScript proves of a file because of the types of our builders. */
export { LIBRARY_FOLDER } from "./compiler-options.ts";
export type { TypeProblem } from "./problem.ts";
export { createTypeChecker, type TypeChecker } from "./type-checker.ts";
export type { TypeFiles } from "./type-files.ts";
