import { step } from "../apply.ts";
import { dueEvent } from "../apply-due.ts";
import { isLost, SESSION_FORMAT } from "../session.ts";
import type { WorldState } from "../state.ts";
import type { OpenWorld } from "./open-world.ts";

/** Looks after a running apply; see {@link applyTender}. */
export type TendApply = () => Promise<WorldState>;

/**
 * Takes the steps of a running apply that elapsed time asks for, each time that it is called, as long as there are any. Everybody may do it
 * at once: the journal decides who was first, and who was second finds nothing to do. A session that the apply gave up is ended as well, so
 * that it can only come back as another one.
 *
 * How long a phase has waited is what this process saw of it: stamps of others are not compared with its own clock.
 *
 * @returns gives the state at the head that it left
 */
export function applyTender(world: OpenWorld, freezeTimeout: number, clock: () => number): TendApply {
  let seen = { epoch: -1, kind: "", since: 0 };
  return async () => {
    for (;;) {
      const { state, entries } = await world.commit(
        (head, sessions) => {
          const { epoch, kind } = head.apply.phase;
          if (seen.epoch !== epoch || seen.kind !== kind) seen = { epoch, kind, since: world.elapsed() };
          const event = dueEvent(head.apply, sessions, { waited: world.elapsed() - seen.since, freezeTimeout });
          if (event === undefined) return [];
          return step(head.apply, event, { at: clock(), revision: head.revision }).records;
        },
        { configured: false },
      );
      if (entries.length === 0) return state;
      const lost = new Set(entries.flatMap(({ record }) => (record.kind === "left" ? [record.participant] : [])));
      if (lost.size === 0) continue;
      await world.sessions.commit((sessions) =>
        sessions.all
          .filter((one) => lost.has(one.session) && isLost(sessions, one))
          .map(({ session }) => ({ kind: "ended", format: SESSION_FORMAT, at: clock(), session, because: "lost" })),
      );
    }
  };
}
