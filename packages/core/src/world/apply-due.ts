import { type ApplyEvent, type ApplyState, awaitedWords } from "./apply.ts";
import { isLost, type WatchedSessions } from "./session.ts";

/**
 * The step that a running apply takes as time goes by, whoever looks: a session that it waits for is gone or was not heard of for too long, or
 * whoever looks has seen the phase wait for `freezeTimeout` (ms). Silence of a session that the looker never heard is no answer: it will
 * be heard or be lost. `undefined` while there is only to wait.
 *
 * @param waited ms for which the looker has seen the phase
 */
export function dueEvent(
  apply: ApplyState,
  sessions: WatchedSessions,
  { waited, freezeTimeout }: { readonly waited: number; readonly freezeTimeout: number },
): ApplyEvent | undefined {
  const { phase } = apply;
  if (phase.kind === "idle") return undefined;
  const present = new Map(sessions.all.map((one) => [one.session, one]));
  const awaited = awaitedWords(apply);
  const gone = awaited.find((name) => {
    const session = present.get(name);
    return session === undefined || isLost(sessions, session);
  });
  if (gone !== undefined) return { kind: "lost", participant: gone };
  if (waited < freezeTimeout || !awaited.every((name) => sessions.sights.get(name)?.heard === true)) return undefined;
  return { kind: "timed-out", epoch: phase.epoch, phase: phase.kind };
}
