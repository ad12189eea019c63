import type { SyntaxApi } from "@qmtl/core/static";
import ts from "typescript";

/** The only door to the TypeScript parser: the rest of the package imports `ts` from here. */
export { ts };

/** The parser as code identity takes it. */
export const syntax: SyntaxApi = ts;
