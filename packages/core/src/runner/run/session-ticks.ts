import type { TickResult } from "../tick.ts";
import type { RunEvent } from "./event.ts";
import { problemOf } from "./problem.ts";

/** Ticks of the world beside a run that realises sessions. */
export interface SessionTicks {
  /** A session is in the world's ledger. */
  realised(): void;
  /** Resolves when no tick is owed any more. Never rejects. */
  done(): Promise<void>;
}

/**
 * One tick at a time. Sessions that are realised while one is under way have the next one together. A tick that fails is told, and what it
 * would have judged is left to the next.
 */
export function createSessionTicks(options: {
  readonly tick: () => Promise<TickResult>;
  readonly tell: (event: RunEvent) => void;
}): SessionTicks {
  const { tick, tell } = options;
  let owed = false;
  let running: Promise<void> | undefined;
  const work = async (): Promise<void> => {
    while (owed) {
      owed = false;
      try {
        const { period, committed, revision, apply } = await tick();
        tell({ kind: "ticked", period: Date.parse(period), committed, revision, apply });
      } catch (error) {
        tell(problemOf(error));
      }
    }
    running = undefined;
  };
  return {
    realised: () => {
      owed = true;
      running ??= work();
    },
    done: async () => running,
  };
}
