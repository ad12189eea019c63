import { type ApplyEvent, type ApplyState, awaitedWords } from "./apply.ts";
import { isLost, type Sessions } from "./session.ts";

/**
 * The step that a running apply takes by the clock, whoever looks: a session that it waits for is gone or was not seen for too long, or the
 * phase has waited longer than `freezeTimeout` (ms). `undefined` while there is only to wait.
 */
export function dueEvent(
  apply: ApplyState,
  sessions: Sessions,
  { now, freezeTimeout }: { readonly now: number; readonly freezeTimeout: number },
): ApplyEvent | undefined {
  const { phase } = apply;
  if (phase.kind === "idle") return undefined;
  const present = new Map(sessions.all.map((one) => [one.session, one]));
  const gone = awaitedWords(apply).find((name) => {
    const session = present.get(name);
    return session === undefined || isLost(session, now);
  });
  if (gone !== undefined) return { kind: "lost", participant: gone };
  if (now - phase.since >= freezeTimeout) return { kind: "timed-out", epoch: phase.epoch, phase: phase.kind };
  return undefined;
}
