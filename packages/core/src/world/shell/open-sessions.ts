import type { StateStorage } from "../../plugin/contract/storage.ts";
import { QmtlError } from "../../schema/error.ts";
import {
  CHECKPOINT_EVERY,
  foldSessions,
  NO_SESSIONS,
  SESSIONS,
  type SessionRecord,
  type Sessions,
  withCheckpoints,
} from "../session.ts";
import { readSession, writeSession } from "../session-schema.ts";

/** Who runs in one world. */
export interface OpenSessions {
  /** The sessions at the present head. */
  load(): Promise<Sessions>;
  /**
   * Builds records on the present head and appends them if nobody else did meanwhile; otherwise builds again. Nothing or an empty list
   * leaves the stream as it is.
   *
   * @throws `world.contended`, and whatever `build` and the storage throw
   */
  commit(build: (sessions: Sessions) => readonly SessionRecord[] | undefined): Promise<Sessions>;
}

const ATTEMPTS = 50;

/** Nothing is read or written before the first call. */
export function openSessions(storage: StateStorage, world: string, signal: AbortSignal): OpenSessions {
  let known = NO_SESSIONS;

  const load = async (): Promise<Sessions> => {
    const base = known;
    const head = await storage.head(world, SESSIONS, { signal });
    if (head === base.revision) return base;
    const checkpoint = head - (head % CHECKPOINT_EVERY);
    const [from, start] =
      checkpoint > base.revision ? ([NO_SESSIONS, checkpoint - 1] as const) : ([base, base.revision] as const);
    const stored = await storage.read(world, SESSIONS, Math.max(start, 0), { signal });
    const next = foldSessions(
      world,
      from,
      stored.map((record) => readSession(world, record)),
    );
    if (next.revision > known.revision) known = next;
    return next;
  };

  const commit: OpenSessions["commit"] = async (build) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const sessions = await load();
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
      if (next.revision > known.revision) known = next;
      return next;
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
