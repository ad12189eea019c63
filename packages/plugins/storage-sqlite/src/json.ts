import type { JsonValue } from "@qmtl/core/plugin";
import { QmtlError } from "@qmtl/core/schema";

const MAX_DEPTH = 200;

/**
 * JSON text of a record. What JSON can't say (`NaN`, `undefined`, holes, class instances) is refused: it would come back as
 * something else.
 *
 * @throws `storage.not-json`
 */
export function recordText(record: JsonValue): string {
  checkPlain(record, "$", 0);
  return JSON.stringify(record);
}

function checkPlain(value: unknown, path: string, depth: number): void {
  if (value === null || typeof value === "boolean" || typeof value === "string") return;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw notJson(path, String(value));
    return;
  }
  if (typeof value !== "object") throw notJson(path, typeof value);
  if (depth >= MAX_DEPTH) throw notJson(path, `more than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) checkPlain(value[i], `${path}[${i}]`, depth + 1);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw notJson(path, "an object that is not plain");
  for (const [key, inner] of Object.entries(value)) checkPlain(inner, `${path}.${key}`, depth + 1);
}

function notJson(path: string, what: string): QmtlError {
  return new QmtlError({
    code: "storage.not-json",
    message: `A record holds ${what} at ${path}, which JSON can't say`,
    next: "Use plain objects, arrays, strings, finite numbers, booleans and null.",
    class: "failed",
  });
}
