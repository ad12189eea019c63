import type { SyntaxApi } from "@qmtl/core/static";
import { createSourceFile, forEachChild, SyntaxKind, tokenToString, version } from "typescript";

/** The parser as code identity takes it: by name, so that a bundle can leave the rest of TypeScript out. */
export const syntax: SyntaxApi = { createSourceFile, forEachChild, SyntaxKind, tokenToString, version };
