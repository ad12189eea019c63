import type { ApplyState } from "../apply.ts";
import type { GateState, GateStep } from "../gate.ts";
import { memoryState } from "../shell/memory-storage.test.kit.ts";
import { openWorld } from "../shell/open-world.ts";
import { joinWorld } from "../shell/participant.ts";
import { type Protocol, REAL } from "./protocol.test.kit.ts";
import type { SimParts } from "./sim-arena.test.kit.ts";

/** A mistake that somebody could make, in the place of a part of the protocol. */
export interface Defect {
  readonly name: string;
  readonly protocol: Protocol;
}

const { step, evolve, stepGate } = REAL;

/**
 * What the checks have to find, each by itself. The first five are known of real systems of this kind; a check that misses one of
 * these proves nothing.
 */
export const DEFECTS: readonly Defect[] = [
  {
    name: "switches without waiting for acknowledgements",
    protocol: {
      ...REAL,
      step: (state, event, at) => step(state, event.kind === "proposed" ? { ...event, participants: [] } : event, at),
    },
  },
  {
    name: "a participant takes messages in whatever order they come",
    protocol: { ...REAL, stepGate: forgetting("message") },
  },
  { name: "a late append overwrites what was appended meanwhile", protocol: { ...REAL, staleAppend: "overwrite" } },
  {
    name: "a participant forgets its sequence in a crash",
    protocol: {
      ...REAL,
      // Nothing is left of what the process knew, and the journal is not asked either.
      stepGate: (state, event) => stepGate(state, event.kind === "joined" ? { ...event, floor: 0 } : event),
    },
  },
  {
    name: "the answer to a question for the whole is taken whatever its sequence",
    protocol: { ...REAL, stepGate: forgetting("snapshot") },
  },
  { name: "an append does not compare the head", protocol: { ...REAL, staleAppend: "blind" } },
  { name: "messages go out before their records are durable", protocol: { ...REAL, tellsBeforeDurable: true } },
  {
    name: "acknowledges while orders are in flight",
    protocol: {
      ...REAL,
      stepGate: (state, event) => {
        if (event.kind !== "prepared") return stepGate(state, event);
        return withOrders(state, stepGate({ ...state, inFlight: 0 }, event));
      },
    },
  },
  {
    name: "acknowledges a freeze before anything is prepared",
    protocol: {
      ...REAL,
      stepGate: (state, event) => {
        const taken = stepGate(state, event);
        const { session, sequence, message } = taken.state;
        if (event.kind !== "message" || message?.kind !== "freeze" || session.kind !== "joined") return taken;
        return { ...taken, effects: [...taken.effects, { kind: "acknowledge", session: session.id, sequence }] };
      },
    },
  },
  {
    name: "takes a freeze that timed out for acknowledged",
    protocol: {
      ...REAL,
      step: (state, event, at) => {
        if (event.kind !== "timed-out" || state.phase.kind !== "freezing") return step(state, event, at);
        const { epoch } = state.phase;
        const record = { kind: "switched", format: 1 as never, at: 0, epoch } as const;
        return { state: switched(state, at.revision), records: [record], effects: [] };
      },
      evolve: (state, record, revision) =>
        record.kind === "switched" ? switched(state, revision - 1) : evolve(state, record, revision),
    },
  },
  {
    name: "reopens after a rollback although a participant is missing",
    protocol: {
      ...REAL,
      step: (state, event, at) => {
        const taken = step(state, event, at);
        const records = taken.records.map((one) =>
          one.kind === "rolled-back" ? ({ ...one, gates: "reopened" } as const) : one,
        );
        return { ...taken, records, state: reopened(taken.state) };
      },
      evolve: (state, record, revision) =>
        record.kind === "rolled-back"
          ? reopened(evolve(state, { ...record, gates: "frozen" }, revision))
          : evolve(state, record, revision),
    },
  },
  {
    name: "opens on an outcome that leaves gates frozen",
    protocol: {
      ...REAL,
      stepGate: (state, event) =>
        event.kind === "message" && event.message.kind === "outcome"
          ? stepGate(state, { ...event, message: { ...event.message, gates: "open" } })
          : stepGate(state, event),
    },
  },
  {
    name: "confirms the old head and opens on it at once",
    protocol: {
      ...REAL,
      stepGate: (state, event) =>
        event.kind === "message" && event.message.kind === "restore"
          ? stepGate(state, { ...event, message: { ...event.message, kind: "reopen" } })
          : stepGate(state, event),
    },
  },
  {
    name: "lets orders out after its session is over",
    protocol: {
      ...REAL,
      stepGate: (state, event) => {
        if (event.kind === "session-lost") return { state, effects: [] };
        if (event.kind !== "order-wanted") return stepGate(state, event);
        return stepGate(state, { ...event, order: { ...event.order, at: Number.NEGATIVE_INFINITY } });
      },
    },
  },
  {
    name: "renews a session that is over",
    protocol: {
      ...REAL,
      stepGate: (state, event) =>
        stepGate(state, event.kind === "renewed" ? { ...event, at: Number.NEGATIVE_INFINITY } : event),
    },
  },
  { name: "a session is lost when the clocks of two processes say so", protocol: { ...REAL, losesBy: "clock" } },
];

/** The same around the reducers: what the simulation of the shells has to find. */
export const SHELL_DEFECTS: readonly { readonly name: string; readonly parts: Partial<SimParts> }[] = [
  {
    name: "the storage does not compare the head",
    parts: {
      storage: (disk) => {
        const kept = memoryState(disk);
        return {
          ...kept,
          append: async (world, appends, options) => {
            const blind = await Promise.all(
              appends.map(async (one) => ({
                ...one,
                expectedRevision: await kept.head(world, one.stream, options),
              })),
            );
            return kept.append(world, blind, options);
          },
        };
      },
    },
  },
  {
    name: "a runner's clocks stand still while it is stopped",
    parts: {
      join: (options) => {
        const { world } = options;
        const [began, since] = [options.clock(), world.elapsed()];
        return joinWorld({ ...options, clock: () => began, world: { ...world, elapsed: () => since } });
      },
    },
  },
  {
    name: "whoever waits for a session measures its silence on a clock that may be set",
    parts: {
      open: (options) => {
        const { elapsed } = options;
        const opened = openWorld({ ...options, elapsed: options.clock });
        return elapsed === undefined ? opened : { ...opened, elapsed };
      },
    },
  },
  {
    name: "whoever does not answer is taken for dead",
    parts: { open: (options) => openWorld({ ...options, ended: () => true }) },
  },
  {
    name: "a gate stays open by a clock that may be set",
    parts: { join: (options) => joinWorld({ ...options, world: { ...options.world, elapsed: options.clock } }) },
  },
  {
    name: "a gate stays open by elapsed time alone, which stands still on a suspended machine",
    parts: { join: (options) => joinWorld({ ...options, clock: options.world.elapsed }) },
  },
  {
    name: "the storage answers before it has written",
    parts: {
      storage: (disk) => {
        const kept = memoryState(disk);
        let appends = 0;
        return {
          ...kept,
          append: async (world, given, options) => {
            if (++appends % 7 !== 0) return kept.append(world, given, options);
            const heads = given.map(({ stream, expectedRevision, records }) => [
              stream,
              expectedRevision + records.length,
            ]);
            return { kind: "appended", heads: Object.fromEntries(heads) };
          },
        };
      },
    },
  },
];

/** Takes a kind of event as if nothing had been seen before. */
function forgetting(kind: "message" | "snapshot"): Protocol["stepGate"] {
  return (state, event) => {
    if (event.kind !== kind) return stepGate(state, event);
    const { message: _, ...rest } = state;
    const { state: next, effects } = stepGate({ ...rest, sequence: 0 }, { kind: "message", message: event.message });
    return { state: { ...next, sequence: Math.max(state.sequence, next.sequence) }, effects };
  };
}

function withOrders({ inFlight }: GateState, { state, effects }: GateStep): GateStep {
  return { state: { ...state, inFlight }, effects };
}

function switched(state: ApplyState, revision: number): ApplyState {
  const { phase } = state;
  if (phase.kind !== "freezing") return state;
  const { epoch, required, left, target } = phase;
  return {
    ...state,
    activation: { revision: revision + 1, entries: target },
    phase: { kind: "switched", epoch, since: 0, required, acknowledged: [], left },
  };
}

function reopened(state: ApplyState): ApplyState {
  const { phase } = state;
  if (phase.kind !== "idle" || phase.outcome?.kind !== "rolled-back") return state;
  return { ...state, phase: { ...phase, outcome: { ...phase.outcome, gates: "reopened" } } };
}
