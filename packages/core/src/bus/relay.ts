import { setTimeout as sleep } from "node:timers/promises";
import type { StateStorage } from "../plugin/contract/storage.ts";
import { isQmtlError, QmtlError } from "../schema/error.ts";
import { JOURNAL } from "../world/record.ts";
import { readJournal } from "../world/shell/read-journal.ts";
import { emptyState, fold, type WorldState } from "../world/state.ts";
import { type ControlEvent, type ControlSnapshot, eventOf, snapshotOf } from "./event.ts";
import { type Inbox, takeEvent, takeSnapshot } from "./inbox.ts";

export interface RelayOptions {
  readonly storage: StateStorage;
  /** Default: every world that there is, new ones as they come. */
  readonly worlds?: readonly string[];
  /**
   * The revision up to which the consumer has handled a world. Undefined, and whenever it is more than `backlog` behind: it is given a snapshot
   * instead of what it missed.
   */
  readonly from?: (world: string) => number | undefined;
  /** Most events of a world that are delivered one by one to catch up. Default: 1000. */
  readonly backlog?: number;
  /** Called for one event of a world after the other. When it throws, the same event is delivered again. */
  readonly onEvent: (event: ControlEvent) => Promise<void> | void;
  readonly onSnapshot: (snapshot: ControlSnapshot) => Promise<void> | void;
  /**
   * Told of everything that went wrong. `halted`: the world is not followed any more, because what it says can't be understood; the consumer
   * has to treat it as unknown. Everything else is tried again.
   */
  readonly onProblem: (problem: { readonly world: string; readonly error: unknown; readonly halted: boolean }) => void;
  readonly signal: AbortSignal;
  /** Ms to the next look. Default: real time. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export interface Relay {
  /** Resolves when nothing is delivered any more: after `stop`, or when the signal was aborted. */
  readonly ended: Promise<void>;
  /** The revision up to which each world was handled. */
  positions(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

interface Followed {
  state: WorldState;
  link: string | undefined;
  inbox: Inbox;
  pumping: Promise<void> | undefined;
  halted: boolean;
}

/** How often the heads of the journals are looked at, ms. */
const POLL = 25;
/** Most ms between two attempts at the same thing. */
const MOST_PAUSE = 1000;
/** What no later attempt can mend. */
const HALTING: ReadonlySet<string> = new Set([
  "world.newer-record",
  "world.older-record",
  "world.unknown-record",
  "world.corrupt-record",
  "world.corrupt-journal",
  "world.broken-chain",
  "bus.journal-went-back",
]);

/**
 * Follows the journals of many worlds, whatever process writes them, and hands their events to a consumer: in the order of each world, at
 * least once, without a gap. A slow world does not hold up the others.
 */
export function startRelay(options: RelayOptions): Relay {
  const { storage, from = () => undefined, backlog = 1000, onEvent, onSnapshot, onProblem, wait = pause } = options;
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  const followed = new Map<string, Followed>();

  const followedWorld = (world: string): Followed => {
    const known = followed.get(world);
    if (known !== undefined) return known;
    const floor = from(world);
    const fresh: Followed = {
      state: emptyState(world),
      link: undefined,
      inbox: floor === undefined ? {} : { floor },
      pumping: undefined,
      halted: false,
    };
    followed.set(world, fresh);
    return fresh;
  };

  /** Until the consumer has taken it. */
  const insist = async (world: string, deliver: () => Promise<void> | void): Promise<boolean> => {
    for (let milliseconds = POLL; !signal.aborted; milliseconds = Math.min(2 * milliseconds, MOST_PAUSE)) {
      try {
        await deliver();
        return true;
      } catch (error) {
        onProblem({ world, error, halted: false });
        await wait(milliseconds, signal);
      }
    }
    return false;
  };

  const pump = async (world: string, its: Followed): Promise<void> => {
    const head = await storage.head(world, JOURNAL, { signal });
    const { floor } = its.inbox;
    if (head < its.state.revision || (floor !== undefined && head < floor)) throw wentBack(world, floor ?? head, head);
    if (head === its.state.revision && floor !== undefined) return;
    const { entries, link } = await readJournal(storage, world, { after: its.state.revision, link: its.link, signal });
    const behind = its.state.revision + entries.length - (floor ?? Number.NEGATIVE_INFINITY);
    let resync = behind > backlog;
    // Known again when all of them were folded.
    its.link = undefined;
    for (const entry of entries) {
      its.state = fold(its.state, [entry]);
      if (resync) continue;
      const { inbox, word } = takeEvent(its.inbox, entry);
      if (word.kind === "gap") resync = true;
      if (word.kind !== "deliver") continue;
      if (!(await insist(world, () => onEvent(eventOf(its.state, entry))))) return;
      its.inbox = inbox;
    }
    its.link = link;
    if (!resync) return;
    const snapshot = snapshotOf(its.state);
    const { inbox, word } = takeSnapshot(its.inbox, snapshot);
    if (word.kind === "deliver" && (await insist(world, () => onSnapshot(snapshot)))) its.inbox = inbox;
  };

  const look = async (): Promise<void> => {
    for (const world of options.worlds ?? (await storage.worlds({ signal }))) {
      const its = followedWorld(world);
      if (its.halted || its.pumping !== undefined) continue;
      its.pumping = pump(world, its)
        .catch((error: unknown) => {
          if (signal.aborted) return;
          its.halted = isQmtlError(error) && HALTING.has(error.code);
          onProblem({ world, error, halted: its.halted });
        })
        .finally(() => {
          its.pumping = undefined;
        });
    }
  };

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await look().catch((error: unknown) => {
        if (!signal.aborted) onProblem({ world: "", error, halted: false });
      });
      await wait(POLL, signal);
    }
    await Promise.all([...followed.values()].map(({ pumping }) => pumping));
  };

  const ended = run();
  return {
    ended,
    positions: () => Object.fromEntries([...followed].map(([world, { inbox }]) => [world, inbox.floor ?? 0])),
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}

function wentBack(world: string, expected: number, actual: number): QmtlError {
  return new QmtlError({
    code: "bus.journal-went-back",
    message: `Events of world ${world} were handled up to revision ${expected}, and its journal ends at ${actual}`,
    place: { world },
    next: "A storage was replaced or restored: let the consumer begin anew, without a revision to go on from.",
    class: "failed",
  });
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
