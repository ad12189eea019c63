import type { StateStorage } from "../../plugin/contract/storage.ts";
import { brokenChain, chainOf, chainOrigin, linkOf } from "../chain.ts";
import { JOURNAL, type JournalEntry } from "../record.ts";
import { readRecord } from "../record-schema.ts";

export interface JournalPart {
  readonly entries: readonly JournalEntry[];
  /** Of the last record, or what was given when there is none. */
  readonly link: string | undefined;
}

/**
 * The records after a revision.
 *
 * @param link digest of the record at `after`; without it the first record that is read is taken as it is
 * @throws `world.broken-chain`, and what reading a record throws
 */
export async function readJournal(
  storage: StateStorage,
  world: string,
  { after, link, signal }: { readonly after: number; readonly link?: string | undefined; readonly signal: AbortSignal },
): Promise<JournalPart> {
  const stored = await storage.read(world, JOURNAL, after, { signal });
  let last = after === 0 ? chainOrigin(world) : link;
  const entries = stored.map((one): JournalEntry => {
    const entry = readRecord(world, one);
    if (last !== undefined && chainOf(one.body) !== last) throw brokenChain(world, one.revision);
    last = linkOf(one.body);
    return entry;
  });
  return { entries, link: last };
}
