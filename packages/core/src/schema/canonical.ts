import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { QmtlError } from "./error.ts";

/**
 * RFC 8785 text of plain JSON data, behind a guard: what JSON can't say (NaN, undefined, Map, Date, typed arrays, functions,
 * class instances, lone surrogates) is refused, never rewritten.
 *
 * @throws `canonical.not-plain`
 */
export function canonicalJson(value: unknown): string {
  guard(value, "$");
  return canonicalize(value) as string;
}

/** SHA-256 over a scheme and the canonical JSON of a value; 64 hexadecimal digits. The scheme names and versions the encoding. */
export function digest(scheme: string, value: unknown): string {
  return createHash("sha256")
    .update(`${scheme}\n${canonicalJson(value)}`)
    .digest("hex");
}

/** SHA-256 of bytes; 64 hexadecimal digits. */
export function digestBytes(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

function guard(value: unknown, path: string): void {
  if (value === null || typeof value === "boolean") return;
  if (typeof value === "string") {
    if (LONE_SURROGATE.test(value)) refuse(path, "a lone surrogate");
    return;
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) refuse(path, String(value));
    return;
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      if (!(i in value)) refuse(`${path}[${i}]`, "a hole");
      guard(value[i], `${path}[${i}]`);
    }
    return;
  }
  if (typeof value !== "object") refuse(path, typeof value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) refuse(path, "an object that is not plain");
  for (const [key, inner] of Object.entries(value as object)) {
    if (LONE_SURROGATE.test(key)) refuse(path, "a lone surrogate in a key");
    guard(inner, `${path}.${key}`);
  }
}

function refuse(path: string, what: string): never {
  throw new QmtlError({
    code: "canonical.not-plain",
    message: `${path} holds ${what}, which has no canonical JSON`,
    next: "Use plain objects, arrays, strings, finite numbers, booleans and null.",
  });
}
