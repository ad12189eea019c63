import type { SyntaxApi } from "@qmtl/core/static";
import { ts } from "./index.ts";

/** The parser as code identity takes it. */
export const syntax: SyntaxApi = ts;
