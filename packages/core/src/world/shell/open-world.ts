import type { JsonValue, StateStorage } from "../../plugin/contract/storage.ts";
import { QmtlError } from "../../schema/error.ts";
import { configDigest, type WorldConfig } from "../config.ts";
import { type ConfiguredRecord, JOURNAL, type JournalEntry, RECORD_FORMAT, type WorldRecord } from "../record.ts";
import { readRecord, writeRecord } from "../record-schema.ts";
import { emptyState, fold, type WorldState } from "../state.ts";
import { after } from "../submission.ts";

export interface OpenWorldOptions {
  readonly storage: StateStorage;
  readonly config: WorldConfig;
  /** Ms UTC. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

/** What to append on a head; nothing or an empty list leaves the journal as it is. It is called again on a newer head. */
export type Build = (
  state: WorldState,
) => readonly WorldRecord[] | undefined | Promise<readonly WorldRecord[] | undefined>;

export interface Committed {
  /** The head after it: with these records, and with what others had appended before. */
  readonly state: WorldState;
  /** What was appended. Durable when `commit` has resolved. */
  readonly entries: readonly JournalEntry[];
}

/** One world's journal, and the state that it folds to. */
export interface OpenWorld {
  readonly world: string;
  /** The state at the present head. */
  load(): Promise<WorldState>;
  /**
   * Builds records on the present head and appends them if nobody else did meanwhile; otherwise builds again on the new head. All of
   * the records are appended, or none. A configuration that the journal does not know yet is recorded in front of them.
   *
   * @throws `world.contended`, and whatever `build` and the storage throw: then nothing was appended, unless the storage failed to tell
   */
  commit(build: Build): Promise<Committed>;
  /** The journal after a revision (default: from the first record). */
  entries(after?: number): Promise<readonly JournalEntry[]>;
}

const ATTEMPTS = 50;

/** Opens a world on its storage. Nothing is read or written before the first call. */
export function openWorld({ storage, config, clock, signal }: OpenWorldOptions): OpenWorld {
  const world = config.id;
  let known = emptyState(world);

  const entries = async (from = 0): Promise<readonly JournalEntry[]> => {
    const stored = await storage.read(world, JOURNAL, from, { signal });
    return stored.map((record) => readRecord(world, record));
  };

  const load = async (): Promise<WorldState> => {
    const base = known;
    const next = fold(base, await entries(base.revision));
    // Another call may have read further meanwhile.
    if (next.revision > known.revision) known = next;
    return next;
  };

  const commit = async (build: Build): Promise<Committed> => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (signal.aborted) throw cancelled(world);
      const head = await load();
      const configured = configuredRecords(head, config, clock());
      const built = (await build(after(head, configured))) ?? [];
      const records = [...configured, ...built];
      if (records.length === 0) return { state: head, entries: [] };
      const bodies = records.map((record) => writeRecord(world, record));
      const appended = records.map((record, i): JournalEntry => ({ revision: head.revision + 1 + i, record }));
      const state = fold(head, appended);
      const result = await storage.append(
        world,
        [{ stream: JOURNAL, expectedRevision: head.revision, records: bodies }],
        { signal },
      );
      if (result.kind === "appended") {
        if (state.revision > known.revision) known = state;
        return { state, entries: appended };
      }
      if (result.actualRevision < head.revision) throw wentBack(world, head.revision, result.actualRevision);
    }
    throw new QmtlError({
      code: "world.contended",
      message: `World ${world} was changed by others ${ATTEMPTS} times in a row while this change was made`,
      place: { world },
      next: "Try again when fewer submissions run at once. Nothing was recorded.",
      class: "failed",
    });
  };

  return { world, load, commit, entries };
}

function configuredRecords(state: WorldState, config: WorldConfig, at: number): readonly ConfiguredRecord[] {
  const digest = configDigest(config);
  const previous = state.configured?.digest;
  if (digest === previous) return [];
  const record = {
    kind: "configured",
    format: RECORD_FORMAT,
    at,
    digest,
    config: config as unknown as JsonValue,
  } as const;
  return [previous === undefined ? record : { ...record, previous }];
}

function cancelled(world: string): QmtlError {
  return new QmtlError({
    code: "world.cancelled",
    message: `A change of world ${world} was cancelled`,
    place: { world },
    next: "Nothing was recorded: start it again.",
    class: "failed",
  });
}

function wentBack(world: string, expected: number, actual: number): QmtlError {
  return new QmtlError({
    code: "world.journal-went-back",
    message: `The journal of world ${world} had ${expected} records and now has ${actual}`,
    place: { world },
    next: "A storage was replaced or restored while the world was open: start again.",
    class: "failed",
  });
}
