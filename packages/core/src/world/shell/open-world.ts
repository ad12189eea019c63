import type { Metrics } from "../../observability/index.ts";
import type { JsonValue, StateStorage, StreamAppend } from "../../plugin/contract/storage.ts";
import { QmtlError } from "../../schema/error.ts";
import { type ChainCheck, chainOrigin, linked, linkOf, verifyChain } from "../chain.ts";
import { configDigest, type WorldConfig } from "../config.ts";
import { edgesAfterApply } from "../edge.ts";
import { type ConfiguredRecord, JOURNAL, type JournalEntry, RECORD_FORMAT, type WorldRecord } from "../record.ts";
import { writeRecord } from "../record-schema.ts";
import { SESSIONS, type SessionHost, type WatchedSessions } from "../session.ts";
import { emptyState, fold, type WorldState } from "../state.ts";
import { after } from "../submission.ts";
import { countRecords } from "./count-records.ts";
import { type OpenSessions, openSessions } from "./open-sessions.ts";
import { type JournalPart, readJournal } from "./read-journal.ts";

export interface OpenWorldOptions {
  readonly storage: StateStorage;
  readonly config: WorldConfig;
  /** Ms UTC. */
  readonly clock: () => number;
  /** Ms of a clock that only goes forward. Default: that of the machine. */
  readonly elapsed?: () => number;
  /** Whether the process of a session is known to have ended. Default: as far as this machine can tell. */
  readonly ended?: (host: SessionHost) => boolean;
  readonly signal: AbortSignal;
  /** Counts what is appended. Whoever only reads needs none. */
  readonly metrics?: Metrics;
}

/**
 * What to append on a head; nothing or an empty list leaves the journal as it is. It is called again on a newer head. Where it begins an
 * apply, it is called again as well when a session came or went meanwhile: none is missed.
 */
export type Build = (
  state: WorldState,
  sessions: WatchedSessions,
) => readonly WorldRecord[] | undefined | Promise<readonly WorldRecord[] | undefined>;

export interface Committed {
  /** The head after it: with these records, and with what others had appended before. */
  readonly state: WorldState;
  /** What was appended. Durable when `commit` has resolved. */
  readonly entries: readonly JournalEntry[];
}

/** One world's journal, the state that it folds to, and who runs in it. */
export interface OpenWorld {
  readonly world: string;
  readonly sessions: OpenSessions;
  /** The clock that what this process has watched is measured on. */
  readonly elapsed: () => number;
  /** Revision of the last record, 0 without one: cheap enough to be asked many times a second. */
  head(): Promise<number>;
  /** The state at the present head. */
  load(): Promise<WorldState>;
  /**
   * Builds records on the present head and appends them if nobody else did meanwhile; otherwise builds again on the new head. All of
   * the records are appended, or none. A configuration that the journal does not know yet is recorded in front of them, unless
   * `configured` is false: who only goes on with what others decided has nothing to say about it. What the end of an apply does to the edges
   * is recorded behind them.
   *
   * @throws `world.contended`, and whatever `build` and the storage throw: then nothing was appended, unless the storage failed to tell
   */
  commit(build: Build, options?: { readonly configured: boolean }): Promise<Committed>;
  /**
   * Appends to other streams of the world if the journal stands as `build` saw it, together with records of the journal, if any; otherwise
   * builds again on the new head. All or nothing.
   *
   * @throws `world.stream-taken` when somebody else has written to one of the other streams; and as `commit`
   */
  commitBeside(build: BuildBeside): Promise<Committed>;
  /**
   * The journal after a revision (default: from the first record).
   *
   * @throws `world.broken-chain` where it was altered
   */
  entries(after?: number): Promise<readonly JournalEntry[]>;
  /** Follows the links of the whole journal. */
  verify(): Promise<ChainCheck>;
}

/** What to append to the journal, and to other streams beside it. Undefined: nothing. */
export type BuildBeside = (
  state: WorldState,
) => { readonly records: readonly WorldRecord[]; readonly beside: readonly StreamAppend[] } | undefined;

const ATTEMPTS = 50;

/** Opens a world on its storage. Nothing is read or written before the first call. */
export function openWorld({
  storage,
  config,
  clock,
  elapsed = () => performance.now(),
  ended,
  signal,
  metrics,
}: OpenWorldOptions): OpenWorld {
  const world = config.id;
  const sessions = openSessions(storage, world, signal, elapsed, ended);
  let known: Head = { state: emptyState(world), link: chainOrigin(world) };

  const read = (after: number, link?: string): Promise<JournalPart> =>
    readJournal(storage, world, { after, link, signal });

  const load = async (): Promise<Head> => {
    const base = known;
    const { entries, link } = await read(base.state.revision, base.link);
    const next = { state: fold(base.state, entries), link: link ?? base.link };
    // Another call may have read further meanwhile.
    if (next.state.revision > known.state.revision) known = next;
    return next;
  };

  /** Undefined when somebody else was faster. */
  const append = async (
    { state: head, link }: Head,
    records: readonly WorldRecord[],
    beside: readonly StreamAppend[],
  ): Promise<Committed | undefined> => {
    let last = link;
    const bodies = records.map((record) => {
      const body = linked(writeRecord(world, record), last);
      last = linkOf(body);
      return body;
    });
    const appended = records.map((record, i): JournalEntry => ({ revision: head.revision + 1 + i, record }));
    const state = fold(head, appended);
    const appends = [{ stream: JOURNAL, expectedRevision: head.revision, records: bodies }, ...beside];
    const result = await storage.append(world, appends, { signal });
    if (result.kind === "appended") {
      if (state.revision > known.state.revision) known = { state, link: last };
      if (metrics !== undefined) countRecords(metrics, head, appended);
      return { state, entries: appended };
    }
    if (result.stream === JOURNAL && result.actualRevision < head.revision)
      throw wentBack(world, head.revision, result.actualRevision);
    if (result.stream !== JOURNAL && result.stream !== SESSIONS) throw taken(world, result.stream);
    return undefined;
  };

  const untilAppended = async (attempt: () => Promise<Committed | undefined>): Promise<Committed> => {
    for (let tries = 0; tries < ATTEMPTS; tries++) {
      if (signal.aborted) throw cancelled(world);
      const committed = await attempt();
      if (committed !== undefined) return committed;
    }
    throw new QmtlError({
      code: "world.contended",
      message: `World ${world} was changed by others ${ATTEMPTS} times in a row while this change was made`,
      place: { world },
      next: "Try again when fewer submissions run at once. Nothing was recorded.",
      class: "failed",
    });
  };

  const commit: OpenWorld["commit"] = (build, options = { configured: true }) =>
    untilAppended(async () => {
      const head = await load();
      const running = await sessions.load();
      const configured = options.configured ? configuredRecords(head.state, config, clock()) : [];
      const built = (await build(after(head.state, configured), running)) ?? [];
      const ends = built.some(({ kind }) => kind === "completed" || kind === "rolled-back");
      const edges = ends
        ? edgesAfterApply({
            before: head.state.apply,
            after: after(head.state, [...configured, ...built]).apply,
            edges: head.state.edges,
            openAfterApply: config.edges.openAfterApply,
            at: clock(),
          })
        : [];
      const records = [...configured, ...built, ...edges];
      if (records.length === 0) return { state: head.state, entries: [] };
      // Without records of its own this only compares: whoever registers now is required, or the append has to be built again.
      const fence = { stream: SESSIONS, expectedRevision: running.revision, records: [] };
      return append(head, records, records.some(({ kind }) => kind === "freezing") ? [fence] : []);
    });

  const commitBeside: OpenWorld["commitBeside"] = (build) =>
    untilAppended(async () => {
      const head = await load();
      const built = build(head.state);
      if (built === undefined) return { state: head.state, entries: [] };
      return append(head, built.records, built.beside);
    });

  return {
    world,
    sessions,
    elapsed,
    head: () => storage.head(world, JOURNAL, { signal }),
    load: async () => (await load()).state,
    commit,
    commitBeside,
    verify: async () => verifyChain(world, await storage.read(world, JOURNAL, 0, { signal })),
    entries: async (from = 0) => (await read(from)).entries,
  };
}

/** What is known of the journal: its state, and the digest that the next record carries. */
interface Head {
  readonly state: WorldState;
  readonly link: string;
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

function taken(world: string, stream: string): QmtlError {
  return new QmtlError({
    code: "world.stream-taken",
    message: `Another process has written to ${stream} of world ${world}`,
    place: { world },
    next: "Only one process may write to it: stop the other, or give one of them another name.",
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
