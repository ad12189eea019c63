import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ActivationEntry } from "../activation.ts";
import { type ActivationMessage, type ApplyEvent, messageOf, step } from "../apply.ts";
import { type Gate, type GateEffect, type GateEvent, newGate, stepGate, type WantedOrder } from "../gate.ts";
import type { GateReason } from "../gate-reason.ts";
import { isParticipating } from "../mode.ts";
import { isLost, SESSION_FORMAT, type SessionFacts, type SessionReport, type WatchedSessions } from "../session.ts";
import type { WorldState } from "../state.ts";
import type { OpenWorld } from "./open-world.ts";
import { applyTender } from "./tend-apply.ts";

/** What a participant has to get ready for. */
export interface Change {
  readonly sequence: number;
  /** What the activation lets the strategy do something with; empty when it lists nothing of it. */
  readonly entries: readonly ActivationEntry[];
  /** Aborted when a newer change took its place, or the participant stops. */
  readonly signal: AbortSignal;
}

export interface JoinOptions {
  readonly world: OpenWorld;
  readonly strategy: string;
  /** Begins the ids of its sessions. Default: the strategy. */
  readonly name?: string;
  /** Ends the id of a session, never the same twice. Default: random. */
  readonly nonce?: () => string;
  readonly host: SessionFacts["host"];
  readonly report: Omit<SessionReport, "gate">;
  /** Ms; see `RunnerRules`. */
  readonly gateTtl: number;
  /** Ms; see `RunnerRules`. */
  readonly freezeTimeout: number;
  /**
   * Loads and warms the versions of a change beside what is held, with no order open and every fill counted.
   *
   * @returns keys (`entryKey`) of all that is held and warm then
   * @throws to refuse the change: the apply is rolled back. Where nothing is left to refuse, the gate stays shut and it is tried again
   */
  readonly prepare: (change: Change) => Promise<readonly string[]>;
  /**
   * Cancels every open order.
   *
   * @returns how many of the admitted are done through it and were not told with {@link Participant.ordersDone}
   */
  readonly cancelOrders: () => Promise<number>;
  /** Told after the gate, the session or the activation changed. */
  readonly onChange?: (view: ParticipantView) => void;
  /** Told of what failed and is tried again. */
  readonly onProblem: (error: unknown) => void;
  /** Ms UTC. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
  /** Ms to the next look. Default: real time. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export interface ParticipantView {
  readonly session: string;
  readonly gate: Gate;
  /** What it knows of the world's activation; absent until it has seen it. */
  readonly message?: ActivationMessage;
  readonly inFlight: number;
}

export type Admission = { readonly kind: "admitted" } | { readonly kind: "refused"; readonly reason: GateReason };

/** A runner's side of the world: its session, and its order gate. */
export interface Participant {
  view(): ParticipantView;
  /** Asks the gate for one order. Whoever is admitted has to tell with `ordersDone` when it has filled for good or is cancelled. */
  admit(order: Omit<WantedOrder, "domain" | "at">): Admission;
  ordersDone(count: number): void;
  /**
   * What the runner holds and may do from now on. Less power counts at once; more of it when the world knows, which is when the promise
   * resolves.
   */
  report(report: Omit<SessionReport, "gate">): Promise<void>;
  /** Shuts the gate, cancels open orders, and says goodbye: an apply does not wait for it any more. */
  leave(): Promise<void>;
}

/** How often the head of the journal is looked at, ms. */
const POLL = 25;
/** How often the clock of a running apply is looked at, ms. */
const TEND = 200;
/** How long after a change that could not be prepared for it is tried again, ms. */
const RETRY = 1000;

/**
 * Registers a session in a world and follows it: shuts and opens the gate as applies demand, acknowledges, renews, and helps a running
 * apply on when its clock runs out. Storage that fails is tried again; a session that could not be renewed in time shuts its gate, and
 * comes back as another one with the gate shut.
 *
 * @throws what the storage throws when the first registration fails
 */
export async function joinWorld(options: JoinOptions): Promise<Participant> {
  const {
    world,
    strategy,
    host,
    gateTtl,
    freezeTimeout,
    prepare,
    cancelOrders,
    onProblem,
    clock,
    wait = pause,
    nonce = () => randomUUID().slice(0, 8),
  } = options;
  const { elapsed } = world;
  const tend = applyTender(world, freezeTimeout, clock);
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  let gate = newGate(strategy);
  /** What the world has been told, and what it is to be told next. */
  let told = options.report;
  let report = options.report;
  let session = "";
  /** When the last renewal was sent: ms UTC, and on the clock that only goes forward. */
  let renewed = { at: 0, since: 0 };
  let state: WorldState | undefined;
  let tended = Number.NEGATIVE_INFINITY;
  let superseding = new AbortController();
  let retry: { readonly at: number; readonly change: Change } | undefined;
  let work: Promise<void> = Promise.resolve();
  const answering = new Set<string>();

  /**
   * Elapsed time stands still while a machine is suspended, a clock may be set: either of them ends a session. A clock that went back is as
   * little proof of a renewal as one that went on too far.
   */
  const expired = (): boolean => {
    const age = clock() - renewed.at;
    return !(age >= 0 && age < gateTtl && elapsed() - renewed.since < gateTtl);
  };
  const view = (): ParticipantView => ({
    session,
    gate: gate.gate,
    ...(gate.message !== undefined && { message: gate.message }),
    inFlight: gate.inFlight,
  });
  const gateWord = (): string => (gate.gate.kind === "open" ? "open" : gate.gate.reason);

  const dispatch = (event: GateEvent): readonly GateEffect[] => {
    const before = gate;
    const { state: next, effects } = stepGate(gate, event);
    gate = next;
    perform(effects);
    if (before.gate !== gate.gate || before.message !== gate.message || before.session !== gate.session)
      options.onChange?.(view());
    return effects;
  };

  /** One after the other, in the order of the effects. */
  const enqueue = (task: () => Promise<void>): void => {
    work = work.then(task).catch(onProblem);
  };

  const perform = (effects: readonly GateEffect[]): void => {
    const cancels = effects.some(({ kind }) => kind === "cancel-orders");
    const load = effects.find((effect) => effect.kind === "load");
    if (load !== undefined) {
      retry = undefined;
      superseding.abort();
      superseding = new AbortController();
      const change = { ...load, signal: AbortSignal.any([signal, superseding.signal]) };
      enqueue(() => getReady(change, cancels));
    } else if (cancels) enqueue(cancel);
    for (const effect of effects) {
      if (effect.kind !== "acknowledge" && effect.kind !== "refuse") continue;
      const { session: participant, sequence } = effect;
      if (effect.kind === "acknowledge") answer({ kind: "acknowledged", participant, sequence });
      else answer({ kind: "refused", participant, sequence, reason: effect.reason });
    }
  };

  const cancel = async (): Promise<void> => {
    const count = await cancelOrders();
    if (count > 0) dispatch({ kind: "orders-done", count });
  };

  const getReady = async (change: Change, cancels: boolean): Promise<void> => {
    const { sequence } = change;
    try {
      if (cancels) await cancel();
      if (change.signal.aborted) return;
      const held = await Promise.race([prepare(change), aborted(change.signal)]);
      if (held !== undefined) dispatch({ kind: "prepared", sequence, held });
    } catch (error) {
      if (change.signal.aborted) return;
      onProblem(error);
      retry = { at: elapsed() + RETRY, change };
      dispatch({ kind: "prepare-failed", sequence, reason: error instanceof Error ? error.message : String(error) });
    }
  };

  /** Once at a time: the gate says it again with every look while it is awaited. */
  const answer = (event: Extract<ApplyEvent, { readonly sequence: number }>): void => {
    const key = `${event.participant}/${event.kind}/${event.sequence}`;
    if (answering.has(key)) return;
    answering.add(key);
    enqueue(() => takeStep(event).finally(() => answering.delete(key)));
  };

  const takeStep = async (event: ApplyEvent): Promise<void> => {
    await world.commit((head) => step(head.apply, event, { at: clock(), revision: head.revision }).records, {
      configured: false,
    });
  };

  const register = async (): Promise<void> => {
    const id = `${options.name ?? strategy}.${nonce()}`;
    let at = clock();
    let since = elapsed();
    let saying = report;
    await world.sessions.commit((sessions) => {
      const known = sessions.all.find((one) => one.session === id);
      if (known !== undefined) {
        // An append whose answer was lost: it was there all the time.
        at = known.seen;
        saying = known;
        return [];
      }
      at = clock();
      since = elapsed();
      saying = report;
      const stamp = { format: SESSION_FORMAT, at } as const;
      return [
        ...lostOf(sessions, at),
        { kind: "registered", ...stamp, session: id, strategy, host, gateTtl, ...saying, gate: "joining" },
      ];
    });
    // Whatever begins from here on requires this session; what began before is in the state that is read now.
    state = await world.load();
    const message = messageOf(state.apply);
    session = id;
    renewed = { at, since };
    told = saying;
    dispatch({ kind: "joined", session: id, floor: message.sequence, until: since + gateTtl });
    dispatch({ kind: "snapshot", floor: message.sequence, message });
  };

  const renew = async (): Promise<void> => {
    const id = session;
    let at = clock();
    let since = elapsed();
    let saying = report;
    const { all } = await world.sessions.commit((sessions) => {
      at = clock();
      since = elapsed();
      saying = report;
      if (expired() || !sessions.all.some((one) => one.session === id)) return [];
      return [
        ...lostOf(sessions, at).filter((one) => one.session !== id),
        { kind: "renewed", format: SESSION_FORMAT, at, session: id, ...saying, gate: gateWord() },
      ];
    });
    if (session !== id) return;
    if (all.find((one) => one.session === id)?.seen !== at) return void dispatch({ kind: "session-lost" });
    renewed = { at, since };
    dispatch({ kind: "renewed", at: elapsed(), until: since + gateTtl });
    // With more power comes a place in the set that an apply requires; what began before that must be seen first.
    if (isParticipating(saying.domain) && !isParticipating(told.domain)) take(await world.load());
    told = saying;
  };

  const take = (head: WorldState): void => {
    state = head;
    const { phase } = head.apply;
    if (phase.kind !== "idle" && phase.left.includes(session)) dispatch({ kind: "session-lost" });
    else dispatch({ kind: "message", message: messageOf(head.apply) });
  };

  const look = async (): Promise<void> => {
    const { all } = await world.sessions.load();
    if (!all.some((one) => one.session === session)) return void dispatch({ kind: "session-lost" });
    let head = state;
    if (head === undefined || (await world.head()) !== head.revision) head = await world.load();
    if (head.apply.phase.kind !== "idle" && elapsed() - tended >= TEND) {
      tended = elapsed();
      head = await tend();
    }
    take(head);
    if (retry === undefined || elapsed() < retry.at || gateWord() !== "prepare_failed") return;
    const { change } = retry;
    retry = undefined;
    enqueue(() => getReady(change, true));
  };

  const turn = async (): Promise<void> => {
    if (gate.session.kind !== "joined") await register();
    else if (expired()) dispatch({ kind: "session-lost" });
    else if (elapsed() - renewed.since >= gateTtl / 3) await renew();
    else await look();
  };

  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await turn();
      } catch (error) {
        if (!signal.aborted) onProblem(error);
      }
      await wait(POLL, signal);
    }
  };

  await register();
  const following = follow();

  return {
    view,
    admit: (order) => {
      const at = expired() ? Number.POSITIVE_INFINITY : elapsed();
      const effects = dispatch({ kind: "order-wanted", order: { ...order, domain: told.domain, at } });
      const turned = effects.find((effect) => effect.kind === "turn-away");
      return turned === undefined ? { kind: "admitted" } : { kind: "refused", reason: turned.reason };
    },
    ordersDone: (count) => void dispatch({ kind: "orders-done", count }),
    report: async (next) => {
      report = next;
      if (isParticipating(next.domain) && !isParticipating(told.domain)) await renew();
      else told = next;
    },
    leave: async () => {
      stopping.abort();
      await following;
      const id = session;
      dispatch({ kind: "session-lost" });
      await work;
      await world.sessions.commit(({ all }) =>
        all.some((one) => one.session === id)
          ? [{ kind: "ended", format: SESSION_FORMAT, at: clock(), session: id, because: "left" }]
          : [],
      );
      await takeStep({ kind: "lost", participant: id });
    },
  };
}

/** Takes out whom nobody has heard of for long, so that no apply has to wait for them. */
function lostOf(sessions: WatchedSessions, at: number) {
  return sessions.all
    .filter((one) => isLost(sessions, one))
    .map(({ session }) => ({ kind: "ended", format: SESSION_FORMAT, at, session, because: "lost" }) as const);
}

/** What is never done must not keep the next change, or a goodbye, waiting. */
function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
