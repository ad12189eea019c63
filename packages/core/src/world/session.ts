import { QmtlError } from "../schema/error.ts";
import { type ExecutionDomain, isParticipating } from "./mode.ts";

/**
 * The stream of a world's storage that holds its sessions. Renewals stand here, so that they do not swell the journal: what is before the last
 * few checkpoints is forgotten.
 */
export const SESSIONS = "sessions";

export const SESSION_FORMAT = 1;

/** Every record of the stream whose revision is a multiple of this is a checkpoint: whoever reads begins at the last one. */
export const CHECKPOINT_EVERY = 256;

/** The process that a session stands for. */
export interface SessionHost {
  readonly name: string;
  readonly pid: number;
  /** Where processes can be told apart for sure: the boot and the process numbers that `pid` belongs to, and when it began. */
  readonly life?: { readonly machine: string; readonly started: string };
}

/** A runner as it registered. An id is used once: who was lost comes back under another one. */
export interface SessionFacts {
  readonly session: string;
  readonly strategy: string;
  /** Digest of the version that it holds. */
  readonly version: string;
  readonly domain: ExecutionDomain;
  readonly host: SessionHost;
  /** Ms: its gate shuts by itself when it was not renewed for so long. */
  readonly gateTtl: number;
}

/** What a runner says of itself with every renewal. */
export interface SessionReport {
  readonly version: string;
  readonly domain: ExecutionDomain;
  /** `open`, or the reason why its gate is shut. */
  readonly gate: string;
  /** The end of the last bar that it computed, ms UTC. */
  readonly bar?: number;
}

export interface Session extends SessionFacts, SessionReport {
  /** Ms UTC. */
  readonly registered: number;
  /** Of the last renewal, ms UTC. */
  readonly seen: number;
}

interface Base<K extends string> {
  readonly kind: K;
  readonly format: typeof SESSION_FORMAT;
  /** Ms UTC. */
  readonly at: number;
}

export type SessionRecord =
  | (Base<"registered"> & SessionFacts & SessionReport)
  | (Base<"renewed"> & SessionReport & { readonly session: string })
  /** `left`: it said goodbye. `lost`: somebody who waited for it took it out. */
  | (Base<"ended"> & { readonly session: string; readonly because: "left" | "lost" })
  | (Base<"checkpoint"> & { readonly sessions: readonly Session[] });

/** Who runs in a world. Plain data, sorted by session. */
export interface Sessions {
  /** Of the last record folded. */
  readonly revision: number;
  readonly all: readonly Session[];
}

export const NO_SESSIONS: Sessions = { revision: 0, all: [] };

export interface SessionEntry {
  readonly revision: number;
  readonly record: SessionRecord;
}

/**
 * The sessions after more of the stream. A reader may begin at any checkpoint.
 *
 * @throws `world.corrupt-sessions` when a revision is missing or a record can't follow
 */
export function foldSessions(world: string, sessions: Sessions, entries: readonly SessionEntry[]): Sessions {
  const all = new Map(sessions.all.map((one) => [one.session, one]));
  let { revision } = sessions;
  for (const { revision: its, record } of entries) {
    const fresh = revision === 0 && record.kind === "checkpoint";
    if (its !== revision + 1 && !fresh) throw corrupt(world, `record ${its} follows record ${revision}`);
    if ((record.kind === "checkpoint") !== (its % CHECKPOINT_EVERY === 0))
      throw corrupt(world, `record ${its} is ${record.kind}`);
    revision = its;
    if (record.kind === "checkpoint") {
      all.clear();
      for (const one of record.sessions) all.set(one.session, one);
      continue;
    }
    const known = all.get(record.session);
    if ((record.kind === "registered") !== (known === undefined))
      throw corrupt(world, `record ${its} (${record.kind}) can't follow for session ${record.session}`);
    if (record.kind === "ended") all.delete(record.session);
    else {
      const { kind: _, format: __, at, ...said } = record;
      const before = known ?? { ...(said as SessionFacts & SessionReport), registered: at };
      all.set(record.session, { ...before, ...said, seen: at });
    }
  }
  return { revision, all: [...all.values()].sort((a, b) => (a.session < b.session ? -1 : 1)) };
}

/** The records as they are appended after `sessions`: with the checkpoints that are due between them. */
export function withCheckpoints(
  world: string,
  sessions: Sessions,
  records: readonly SessionRecord[],
): readonly SessionRecord[] {
  const out: SessionRecord[] = [];
  let head = sessions;
  const add = (record: SessionRecord): void => {
    out.push(record);
    head = foldSessions(world, head, [{ revision: head.revision + 1, record }]);
  };
  for (const record of records) {
    if ((head.revision + 1) % CHECKPOINT_EVERY === 0)
      add({ kind: "checkpoint", format: SESSION_FORMAT, at: record.at, sessions: head.all });
    add(record);
  }
  return out;
}

/** What one process has seen of a session. */
export interface Sight {
  /** When it last saw something new of it, or met it first; ms of a clock of its own that only goes forward. */
  readonly since: number;
  /** Whether it has seen the session come or renew. What stood there when it came may be long dead. */
  readonly heard: boolean;
}

/** The sessions as one process has watched them. */
export interface WatchedSessions extends Sessions {
  /** When the look began that gave them, on the clock of the sights. */
  readonly looked: number;
  /** By session. */
  readonly sights: ReadonlyMap<string, Sight>;
  /** Sessions whose process is known to have ended: such a one holds no gate open, and never will again. */
  readonly ended: ReadonlySet<string>;
}

/**
 * What a process has seen after another look.
 *
 * @param spoke the sessions of records that were appended since the last look; undefined where that can't be told: then any of them may be new
 * @param at when the look had ended
 */
export function watchSessions(
  sights: WatchedSessions["sights"],
  { all }: Sessions,
  spoke: ReadonlySet<string> | undefined,
  at: number,
): WatchedSessions["sights"] {
  return new Map(
    all.map(({ session }): [string, Sight] => {
      const known = sights.get(session);
      if (spoke?.has(session) === true) return [session, { since: at, heard: true }];
      if (known === undefined) return [session, { since: at, heard: false }];
      return [session, spoke === undefined ? { ...known, since: at } : known];
    }),
  );
}

/** Ms without a renewal after which others count a session as lost: a third longer than its gate stays open by itself. */
export function lostAfter({ gateTtl }: Pick<Session, "gateTtl">): number {
  return gateTtl + Math.ceil(gateTtl / 3);
}

/**
 * True when the session's process is known to have ended, or when whoever watched saw nothing of it for longer than its gate stays open by
 * itself. Stamps of other processes say nothing here: a clock may be set, elapsed time can't. A process that has just come has to watch first.
 */
export function isLost(
  { looked, sights, ended }: WatchedSessions,
  session: Pick<Session, "session" | "gateTtl">,
): boolean {
  if (ended.has(session.session)) return true;
  const sight = sights.get(session.session);
  return sight !== undefined && looked - sight.since > lostAfter(session);
}

/** Whether a session looks lost by the clocks of the runner and of the reader: for people to see, never to act on. */
export function isOverdue(session: Pick<Session, "seen" | "gateTtl">, now: number): boolean {
  return now - session.seen > lostAfter(session);
}

/** Sessions in `dryrun` or `live` that are not lost: whoever an apply has to wait for. Sorted. */
export function participantsOf(sessions: WatchedSessions): readonly string[] {
  return sessions.all
    .filter((one) => isParticipating(one.domain) && !isLost(sessions, one))
    .map(({ session }) => session);
}

function corrupt(world: string, what: string): QmtlError {
  return new QmtlError({
    code: "world.corrupt-sessions",
    message: `The sessions of world ${world} are damaged: ${what}`,
    place: { world },
    next: "Restore the journal from a copy: no writer of QMTL leaves it like this.",
    class: "failed",
  });
}
