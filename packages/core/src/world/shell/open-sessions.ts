import type { StateStorage } from "../../plugin/contract/storage.ts";
import { QmtlError } from "../../schema/error.ts";
import {
  CHECKPOINT_EVERY,
  foldSessions,
  NO_SESSIONS,
  SESSIONS,
  type SessionHost,
  type SessionRecord,
  type Sessions,
  type WatchedSessions,
  watchSessions,
  withCheckpoints,
} from "../session.ts";
import { readSession, writeSession } from "../session-schema.ts";
import { hasEnded } from "./process-life.ts";

/** Who runs in one world. */
export interface OpenSessions {
  /** The sessions at the present head, as this process has watched them. */
  load(): Promise<WatchedSessions>;
  /**
   * Builds records on the present head and appends them if nobody else did meanwhile; otherwise builds again. Nothing or an empty list
   * leaves the stream as it is.
   *
   * @throws `world.contended`, and whatever `build` and the storage throw
   */
  commit(build: (sessions: WatchedSessions) => readonly SessionRecord[] | undefined): Promise<WatchedSessions>;
}

const ATTEMPTS = 50;
/** Ms for which it counts who was there when nobody has spoken since. */
const ASK_EVERY = 500;

/**
 * Nothing is read or written before the first call.
 *
 * @param elapsed ms of a clock that only goes forward
 * @param ended whether a process is known to have ended. Default: as far as this machine can tell
 */
export function openSessions(
  storage: StateStorage,
  world: string,
  signal: AbortSignal,
  elapsed: () => number,
  ended: (host: SessionHost) => boolean = hasEnded,
): OpenSessions {
  let known = NO_SESSIONS;
  let forgotten = 0;
  let sights: WatchedSessions["sights"] = new Map();

  /** @param looked when the look began: what was appended later may be missing */
  const watched = (sessions: Sessions, looked: number): WatchedSessions => ({
    ...sessions,
    looked,
    sights,
    ended: endedOf(sessions, looked),
  });

  let asked = { revision: -1, at: Number.NEGATIVE_INFINITY, names: new Set<string>() };
  const endedOf = ({ all, revision }: Sessions, now: number): ReadonlySet<string> => {
    if (revision === asked.revision && now - asked.at < ASK_EVERY) return asked.names;
    // Who has ended stays so.
    const names = all.filter(({ session, host }) => asked.names.has(session) || ended(host));
    asked = { revision, at: now, names: new Set(names.map(({ session }) => session)) };
    return asked.names;
  };

  const note = (next: Sessions, spoke: ReadonlySet<string> | undefined): void => {
    if (next.revision < known.revision) return;
    known = next;
    sights = watchSessions(sights, next, spoke, elapsed());
  };

  const load = async (): Promise<WatchedSessions> => {
    const looked = elapsed();
    const base = known;
    const head = await storage.head(world, SESSIONS, { signal });
    if (head === base.revision) return watched(base, looked);
    const checkpoint = head - (head % CHECKPOINT_EVERY);
    // Who reads on sees who speaks; that is given up only for a long way.
    const fresh = base.revision === 0;
    const jumps = checkpoint > 0 && (fresh || checkpoint - base.revision > CHECKPOINT_EVERY);
    const [from, start] = jumps ? ([NO_SESSIONS, checkpoint - 1] as const) : ([base, base.revision] as const);
    const stored = await storage.read(world, SESSIONS, start, { signal });
    const entries = stored.map((record) => readSession(world, record));
    const next = foldSessions(world, from, entries);
    note(next, jumps || fresh ? undefined : speakersOf(entries.map(({ record }) => record)));
    return watched(next, looked);
  };

  /** Nobody reads from before the last checkpoint; the two before it are for whoever is in the middle of a look. */
  const forget = async (head: number): Promise<void> => {
    const floor = head - (head % CHECKPOINT_EVERY) - 2 * CHECKPOINT_EVERY - 1;
    if (floor <= forgotten) return;
    await storage.forget(world, SESSIONS, floor, { signal });
    forgotten = floor;
  };

  const commit: OpenSessions["commit"] = async (build) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const sessions = await load();
      await forget(sessions.revision);
      const records = withCheckpoints(world, sessions, build(sessions) ?? []);
      if (records.length === 0) return sessions;
      const entries = records.map((record, i) => ({ revision: sessions.revision + 1 + i, record }));
      const next = foldSessions(world, sessions, entries);
      const bodies = records.map((record) => writeSession(world, record));
      const result = await storage.append(
        world,
        [{ stream: SESSIONS, expectedRevision: sessions.revision, records: bodies }],
        { signal },
      );
      if (result.kind === "conflict") continue;
      note(next, speakersOf(records));
      return watched(next, sessions.looked);
    }
    throw new QmtlError({
      code: "world.contended",
      message: `The sessions of world ${world} were changed by others ${ATTEMPTS} times in a row`,
      place: { world },
      next: "Start it again when fewer runners start and stop at once.",
      class: "failed",
    });
  };

  return { load, commit };
}

function speakersOf(records: readonly SessionRecord[]): ReadonlySet<string> {
  return new Set(records.flatMap((record) => (record.kind === "checkpoint" ? [] : [record.session])));
}
