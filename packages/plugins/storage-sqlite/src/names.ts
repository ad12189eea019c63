import { QmtlError } from "@qmtl/core/schema";

const SEGMENT = "[a-z0-9][a-z0-9._-]{0,127}";
const NAME = new RegExp(`^${SEGMENT}$`);
const REFERENCE = new RegExp(`^${SEGMENT}(/${SEGMENT})*$`);
const PREFIX = new RegExp(`^(${SEGMENT}/)*(${SEGMENT})?$`);
const DIGEST = /^[0-9a-f]{64}$/;

/** Names are refused, never rewritten: two names can't become one, and none can leave its folder. */
export function checkName(what: "world" | "stream", name: string): void {
  if (!NAME.test(name)) throw invalid(`The ${what} name`, name, `of lower-case letters, digits, ".", "_" and "-"`);
}

export function checkReference(name: string): void {
  if (!REFERENCE.test(name)) throw invalid("The reference name", name, 'as lower-case segments joined by "/"');
}

export function checkPrefix(prefix: string): void {
  if (!PREFIX.test(prefix)) throw invalid("The reference prefix", prefix, "as the beginning of a reference name");
}

export function checkDigest(digest: string): void {
  if (!DIGEST.test(digest)) throw invalid("The digest", digest, "as 64 hexadecimal digits in lower case");
}

function invalid(what: string, value: string, how: string): QmtlError {
  return new QmtlError({
    code: "storage.invalid-name",
    message: `${what} ${JSON.stringify(value)} is not valid`,
    next: `Write it ${how}, at most 128 characters each.`,
  });
}
