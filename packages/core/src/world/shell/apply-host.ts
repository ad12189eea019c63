import { setTimeout as sleep } from "node:timers/promises";
import type { WorldConfig } from "../config.ts";
import { applyRecords, outlook } from "../decide.ts";
import { participantsOf } from "../session.ts";
import type { WorldState } from "../state.ts";
import type { OpenWorld } from "./open-world.ts";
import { applyTender, type TendApply } from "./tend-apply.ts";

export interface HostOptions {
  readonly world: OpenWorld;
  readonly config: Pick<WorldConfig, "apply" | "runners">;
  /** Ms that it stays with an apply which others have to answer; 0 takes only the steps that are due. */
  readonly patience: number;
  /** Ms UTC. */
  readonly clock: () => number;
  /** Ends the waiting, not the apply. */
  readonly signal: AbortSignal;
  /** Ms to the next look. Default: real time. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** How often an apply is looked at while it runs, ms. */
const POLL = 25;

/**
 * Stays with the apply that runs, whoever began it, until it has ended or patience has: takes the steps that its clock asks for. It may be
 * killed at any moment, and any number of processes may do the same; whoever comes next goes on where the journal stands.
 *
 * @returns the state at the head; its apply is idle, or still waits for somebody
 */
export async function driveApply(options: HostOptions): Promise<WorldState> {
  return drive(options, tenderOf(options));
}

async function drive({ world, patience, signal, wait = pause }: HostOptions, tend: TendApply): Promise<WorldState> {
  const until = world.elapsed() + patience;
  for (;;) {
    const state = await tend();
    if (state.apply.phase.kind === "idle" || world.elapsed() >= until || signal.aborted) return state;
    await wait(POLL, signal);
  }
}

function tenderOf({ world, config, clock }: HostOptions): TendApply {
  return applyTender(world, config.runners.freezeTimeout, clock);
}

/**
 * Sees the last decision through: stays with the apply that runs, and where that was another decision's, begins its own. An apply of
 * this decision that was rolled back is not begun again: that takes a person, or another decision.
 *
 * @returns the state at the head, as {@link driveApply} does
 */
export async function applyDecision(options: HostOptions): Promise<WorldState> {
  const { world, config, clock } = options;
  const { elapsed } = world;
  const tend = tenderOf(options);
  const until = elapsed() + options.patience;
  let tried: number | undefined;
  for (;;) {
    let head = await world.load();
    const { phase } = head.apply;
    if (phase.kind === "freezing") tried = phase.decision;
    if (phase.kind !== "idle") {
      head = await drive({ ...options, patience: until - elapsed() }, tend);
      if (head.apply.phase.kind !== "idle") return head;
    }
    const { decision } = head;
    if (decision === undefined || tried === decision.revision || outlook(head, config).kind !== "applying") return head;
    const { state, entries } = await world.commit((now, sessions) =>
      applyRecords({
        state: now,
        config,
        participants: participantsOf(sessions),
        approved: now.decision?.approvedBy !== undefined,
        at: clock(),
      }),
    );
    if (entries.length === 0) return state;
    tried = state.decision?.revision;
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
