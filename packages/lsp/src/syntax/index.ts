import * as ts from "typescript";

/** The only door to the TypeScript parser: the rest of the package imports `ts` from here. */
export { ts };
