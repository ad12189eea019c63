import type { JsonValue, StoredRecord } from "../plugin/contract/storage.ts";
import { digest } from "../schema/canonical.ts";
import { QmtlError } from "../schema/error.ts";

const SCHEME = "journal/2";

/** What the first record of a world's journal is linked to: a journal can't be passed off as another world's. */
export function chainOrigin(world: string): string {
  return digest(SCHEME, { world });
}

/** A record as it is stored: with the digest of the stored record before it, or of {@link chainOrigin}. */
export function linked(record: { readonly [key: string]: JsonValue }, chain: string): JsonValue {
  return { ...record, chain };
}

/** The digest of a stored record, which the next one carries. @returns 64 hexadecimal digits */
export function linkOf(body: JsonValue): string {
  return digest(SCHEME, body);
}

/** The link that a stored record carries to the one before it; `undefined` when it carries none. */
export function chainOf(body: JsonValue): string | undefined {
  const { chain } = (typeof body === "object" && body !== null ? body : {}) as { readonly chain?: unknown };
  return typeof chain === "string" ? chain : undefined;
}

export interface ChainCheck {
  readonly records: number;
  /** Digest of the last record that is linked: whoever kept it can tell later that nothing behind it was taken away. */
  readonly head: string;
  /** The first record that is not linked to what stands before it. */
  readonly broken?: { readonly revision: number; readonly because: string };
}

/** Follows the links of a whole journal, whatever its records say. */
export function verifyChain(world: string, stored: readonly StoredRecord[]): ChainCheck {
  let head = chainOrigin(world);
  for (const [i, { revision, body }] of stored.entries()) {
    const broken = (because: string): ChainCheck => ({ records: stored.length, head, broken: { revision, because } });
    if (revision !== i + 1) return broken(`Record ${revision} stands where record ${i + 1} should`);
    const chain = chainOf(body);
    if (chain === undefined) return broken(`Record ${revision} carries no link`);
    if (chain !== head)
      return broken(
        i === 0
          ? "The first record is not the first of this world"
          : `Record ${i} was altered after record ${revision} was written, or record ${revision} is another one`,
      );
    head = linkOf(body);
  }
  return { records: stored.length, head };
}

/** A record was changed, taken out, put in or moved after it was written. */
export function brokenChain(world: string, revision: number): QmtlError {
  return new QmtlError({
    code: "world.broken-chain",
    message: `Record ${revision} of world ${world} is not linked to what stands before it: the journal was altered there`,
    place: { world },
    next: `Restore the journal from a copy; qmtl world audit ${world} --verify says where it is whole.`,
    class: "failed",
  });
}
