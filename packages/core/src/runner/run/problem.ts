import { isQmtlError } from "../../schema/error.ts";
import type { RunEvent } from "./event.ts";

/** Tells of what failed and is tried again. */
export function problemOf(error: unknown): Extract<RunEvent, { readonly kind: "problem" }> {
  return {
    kind: "problem",
    error: isQmtlError(error)
      ? error.toJSON()
      : { code: "internal.unexpected", message: String(error), class: "failed" },
  };
}
