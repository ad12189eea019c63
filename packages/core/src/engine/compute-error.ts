import type { Cell } from "../schema/cell.ts";
import { type ErrorPlace, isQmtlError, QmtlError } from "../schema/error.ts";

/** What the author's code threw, with its place; our own errors keep their code. */
export function computeFailed(error: unknown, place: ErrorPlace, what: string): QmtlError {
  if (isQmtlError(error))
    return new QmtlError({ ...error.toJSON(), place: { ...place, ...error.place }, class: "rejected", cause: error });
  return new QmtlError({
    code: "engine.compute-failed",
    message: `${what} threw ${describe(error)}`,
    place,
    next: "Mend the code at this bar, or handle the value that it met there.",
    class: "rejected",
    cause: error,
  });
}

/** An answer that is no row at all. */
export function notARow(node: string, outputs: readonly string[], returned: unknown): QmtlError {
  return new QmtlError({
    code: "engine.wrong-shape",
    message: `compute of "${node}" returned ${describe(returned)}`,
    next: isPromise(returned)
      ? "Keep compute synchronous; waiting belongs to a data provider."
      : `Return { ${outputs.join(", ")} }.`,
    class: "rejected",
  });
}

/** An answer with a key that was not declared. */
export function undeclaredKey(node: string, outputs: readonly string[], key: string): QmtlError {
  return new QmtlError({
    code: "engine.wrong-shape",
    message: `compute of "${node}" returned "${key}", which its output does not declare`,
    next: `Declare it, or return only { ${outputs.join(", ")} }.`,
    class: "rejected",
  });
}

/** A value that does not fit its cell. */
export function wrongShape(node: string, name: string, cell: Cell, value: unknown): QmtlError {
  return new QmtlError({
    code: "engine.wrong-shape",
    message: `compute of "${node}" gave ${describe(value)} for "${name}", where ${wanted(cell)} is declared`,
    next: value === undefined ? `Give "${name}" a value on every path.` : "Mend the value or the declared output.",
    class: "rejected",
  });
}

function wanted(cell: Cell): string {
  switch (cell.dtype) {
    case "f64":
      return "a number";
    case "i32":
      return "a whole number of 32 bits";
    case "bool":
      return "true or false";
    case "categorical":
      return `one of ${cell.values.join(", ")}`;
  }
}

export function isPromise(value: unknown): boolean {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

/** A value in a few words, whatever it is: what the author's code made may throw when it is looked at. */
export function describe(value: unknown): string {
  try {
    if (typeof value === "string") return JSON.stringify(value);
    if (typeof value === "function") return "a function";
    if (typeof value !== "object" || value === null) return String(value);
    if (isPromise(value)) return "a promise";
    if (Array.isArray(value)) return "an array";
    if (typeof (value as Error).message === "string") return `${(value as Error).name}: ${(value as Error).message}`;
    return "an object";
  } catch {
    return "something that throws when it is looked at";
  }
}
