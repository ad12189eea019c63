import { step } from "../apply.ts";
import { dueEvent } from "../apply-due.ts";
import { isLost, SESSION_FORMAT } from "../session.ts";
import type { WorldState } from "../state.ts";
import type { OpenWorld } from "./open-world.ts";

/**
 * Takes the steps of a running apply that the clock asks for, as long as there are any. Everybody may do it at once: the journal decides who
 * was first, and who was second finds nothing to do. A session that the apply gave up is ended as well, so that it can only come
 * back as another one.
 *
 * @returns the state at the head that it left
 */
export async function tendApply(world: OpenWorld, freezeTimeout: number, clock: () => number): Promise<WorldState> {
  for (;;) {
    const { state, entries } = await world.commit(
      (head, sessions) => {
        const at = clock();
        const event = dueEvent(head.apply, sessions, { now: at, freezeTimeout });
        return event === undefined ? [] : step(head.apply, event, { at, revision: head.revision }).records;
      },
      { configured: false },
    );
    if (entries.length === 0) return state;
    const lost = new Set(entries.flatMap(({ record }) => (record.kind === "left" ? [record.participant] : [])));
    if (lost.size === 0) continue;
    await world.sessions.commit(({ all }) => {
      const at = clock();
      return all
        .filter((one) => lost.has(one.session) && isLost(one, at))
        .map(({ session }) => ({ kind: "ended", format: SESSION_FORMAT, at, session, because: "lost" }) as const);
    });
  }
}
