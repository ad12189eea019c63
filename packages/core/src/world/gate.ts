import { type ActivationEntry, entryKey } from "./activation.ts";
import type { ActivationMessage } from "./apply.ts";
import type { GateReason } from "./gate-reason.ts";
import { domainOf, type ExecutionDomain } from "./mode.ts";

/**
 * A participant's side of the two-phase apply: what the order gate of one strategy in one runner knows. Plain data; see {@link stepGate}
 * for what always holds.
 */
export interface GateState {
  readonly strategy: string;
  readonly session: GateSession;
  /** The highest that was seen; 0 for a new participant. Worth keeping durably. */
  readonly sequence: number;
  /** The newest message that was taken; absent until the session has one. */
  readonly message?: ActivationMessage;
  /** The sequence that everything is prepared for: held and warm, open orders cancelled, fills counted. */
  readonly prepared?: number;
  /** Keys of the entries whose bundles are loaded and warm; see `entryKey`. */
  readonly held: readonly string[];
  readonly gate: Gate;
  /** Orders that were admitted and are neither filled nor cancelled. */
  readonly inFlight: number;
}

export type GateSession =
  | { readonly kind: "none" }
  /** `until`: when it shuts by itself unless it is renewed, on the participant's own clock. */
  | { readonly kind: "joined"; readonly id: string; readonly until: number }
  /** It only comes back as another one. */
  | { readonly kind: "lost"; readonly id: string };

export type Gate =
  | { readonly kind: "shut"; readonly reason: GateReason }
  /** On the activation of that revision, for these entries: those of the strategy that are held. */
  | { readonly kind: "open"; readonly revision: number; readonly entries: readonly ActivationEntry[] };

export interface WantedOrder {
  /** Key of the entry that it is for. */
  readonly entry: string;
  /** Signed, as it will be when the orders in flight have filled. */
  readonly position: number;
  /** Signed, not 0: positive buys. */
  readonly quantity: number;
  /** What the world's authority says of the run now. */
  readonly domain: ExecutionDomain;
  /** On the clock of the session's `until`. */
  readonly at: number;
}

export type GateEvent =
  /** The session is registered, and renewed until then. `floor`: the sequence of the journal that the registration was appended to. */
  | { readonly kind: "joined"; readonly session: string; readonly floor: number; readonly until: number }
  /**
   * A renewal is durable, confirmed `at`. `until` counts from before it was sent, so that nobody else can think that it has passed earlier.
   * Confirmed too late it renews nothing: by then an apply may have gone on without the session.
   */
  | { readonly kind: "renewed"; readonly at: number; readonly until: number }
  /** It was not renewed in time, or somebody recorded that it left. */
  | { readonly kind: "session-lost" }
  /** From wherever: lost, repeated, late and out of order do no harm. */
  | { readonly kind: "message"; readonly message: ActivationMessage }
  /** An answer to a question for the whole. Nothing below `floor` counts any more, whatever else arrives. */
  | { readonly kind: "snapshot"; readonly floor: number; readonly message: ActivationMessage }
  /** A `load` is done: `held` is loaded and warm, no order is open, and every fill is counted. */
  | { readonly kind: "prepared"; readonly sequence: number; readonly held: readonly string[] }
  | { readonly kind: "prepare-failed"; readonly sequence: number; readonly reason: string }
  | { readonly kind: "order-wanted"; readonly order: WantedOrder }
  /** So many admitted orders have filled for good or are cancelled. */
  | { readonly kind: "orders-done"; readonly count: number };

/** What the shell does, in this order. All but `admit` may be done twice. */
export type GateEffect =
  | { readonly kind: "shut"; readonly reason: GateReason }
  | { readonly kind: "cancel-orders" }
  /**
   * Load and warm these entries beside what is held, see that no order is open, count the fills; then say `prepared` or `prepare-failed`
   * with the sequence. What can't be loaded and is only not held afterwards shuts the gate for `digest_mismatch`; to stop the apply, fail.
   */
  | { readonly kind: "load"; readonly sequence: number; readonly entries: readonly ActivationEntry[] }
  /** Append the acknowledgement or the refusal; again until it is durable or no longer awaited. */
  | { readonly kind: "acknowledge"; readonly session: string; readonly sequence: number }
  | { readonly kind: "refuse"; readonly session: string; readonly sequence: number; readonly reason: string }
  /** Whatever is held beside these entries can be dropped. */
  | { readonly kind: "open"; readonly revision: number; readonly entries: readonly ActivationEntry[] }
  | { readonly kind: "admit" }
  | { readonly kind: "turn-away"; readonly reason: GateReason };

export interface GateStep {
  readonly state: GateState;
  readonly effects: readonly GateEffect[];
}

/** A participant that has just started. `sequence`: what an earlier process of it kept, if anything. */
export function newGate(strategy: string, sequence = 0): GateState {
  return {
    strategy,
    session: { kind: "none" },
    sequence,
    held: [],
    gate: { kind: "shut", reason: "joining" },
    inFlight: 0,
  };
}

/**
 * The participant of an apply as a pure reducer. The shell takes one event after the other and performs the effects of each.
 *
 * What always holds:
 * - A gate is open only in a joined session, on the newest message that was taken, and that message is `reopen` or an `outcome` whose
 *   gates are open: the activation is committed.
 * - What is below the highest sequence changes nothing. A session never takes what is below the floor that it was registered at.
 * - An acknowledgement is given only when everything is prepared for its epoch and no order is in flight; for `freeze` and `restore`
 *   the gate is shut and stays so until a newer message.
 * - No order is admitted at a shut gate, nor at or after `until`; a process that was stopped for longer can't renew either.
 * - A lost session does nothing more. The participant comes back by joining under another id, with its gate shut.
 */
export function stepGate(state: GateState, event: GateEvent): GateStep {
  const { session } = state;
  switch (event.kind) {
    case "joined": {
      if (session.kind !== "none" && session.id === event.session) return unchanged(state);
      const joined: GateState = {
        ...newGate(state.strategy, Math.max(state.sequence, event.floor)),
        held: state.held,
        inFlight: state.inFlight,
        session: { kind: "joined", id: event.session, until: event.until },
      };
      return { state: joined, effects: closing(state, "joining") };
    }
    case "renewed": {
      if (session.kind !== "joined") return unchanged(state);
      if (!(event.at < session.until)) return lose(state);
      return unchanged({ ...state, session: { ...session, until: Math.max(session.until, event.until) } });
    }
    case "session-lost":
      return lose(state);
    case "message":
      return take(state, event.message);
    case "snapshot":
      return resynchronise(state, event.floor, event.message);
    case "prepared": {
      if (!awaitsPreparation(state, event.sequence)) return unchanged(state);
      return goOn({ ...state, prepared: event.sequence, held: event.held });
    }
    case "prepare-failed": {
      const { message } = state;
      if (!awaitsPreparation(state, event.sequence) || message === undefined || session.kind !== "joined")
        return unchanged(state);
      const { sequence, reason } = event;
      if (message.kind === "freeze")
        return { state, effects: [{ kind: "refuse", session: session.id, sequence, reason }] };
      return isWaiting(message) ? unchanged(state) : shut(state, "prepare_failed");
    }
    case "order-wanted":
      return admit(state, event.order);
    case "orders-done": {
      const next = { ...state, inFlight: Math.max(0, state.inFlight - event.count) };
      return state.gate.kind === "open" ? unchanged(next) : goOn(next);
    }
  }
}

function take(state: GateState, message: ActivationMessage): GateStep {
  if (state.session.kind !== "joined") return unchanged(state);
  if (isRepeated(state, message)) return goOn(state);
  if (!isNewer(state, message)) return unchanged(state);
  const next: GateState = { ...state, sequence: message.sequence, message };
  if (message.kind !== "freeze" && isPrepared(next)) {
    const needed = ofStrategy(message.entries, state.strategy);
    if (needed.every((entry) => state.held.includes(entryKey(entry)))) return goOn(next);
  }
  const { prepared: _, ...unprepared } = next;
  const closed = shut(unprepared, waitingReason(message));
  const load: GateEffect = {
    kind: "load",
    sequence: message.sequence,
    entries: ofStrategy(message.kind === "freeze" ? message.target : message.entries, state.strategy),
  };
  return { state: closed.state, effects: [...closed.effects, { kind: "cancel-orders" }, load] };
}

/** What is taken already may be below the floor: then something newer exists, and the gate shuts until that arrives. */
function resynchronise(state: GateState, floor: number, message: ActivationMessage): GateStep {
  if (state.session.kind !== "joined" || floor <= state.sequence || message.sequence >= floor)
    return take(state, message);
  const { message: _, prepared: __, ...rest } = state;
  return {
    state: { ...rest, sequence: floor, gate: { kind: "shut", reason: "joining" } },
    effects: closing(state, "joining"),
  };
}

/** Answers and opens when everything is prepared and no order is in flight; shuts what the newest message shuts. */
function goOn(state: GateState): GateStep {
  const { session, message } = state;
  if (session.kind !== "joined" || message === undefined) return unchanged(state);
  if (!isPrepared(state) || state.inFlight > 0) {
    return isWaiting(message) ? shut(state, waitingReason(message)) : unchanged(state);
  }
  const settled = isWaiting(message) ? shut(state, waitingReason(message)) : openOn(state, message);
  if (message.kind === "outcome") return settled;
  const acknowledge: GateEffect = { kind: "acknowledge", session: session.id, sequence: message.sequence };
  return { state: settled.state, effects: [...settled.effects, acknowledge] };
}

function openOn(state: GateState, { revision, entries: all }: ActivationMessage): GateStep {
  const listed = ofStrategy(all, state.strategy);
  const entries = listed.filter((entry) => state.held.includes(entryKey(entry)));
  if (listed.length === 0) return shut(state, "not_activated");
  if (entries.length === 0) return shut(state, "digest_mismatch");
  if (!entries.some(({ mode }) => letsOrdersOut(domainOf(mode)))) return shut(state, "mode_without_orders");
  if (state.gate.kind === "open" && state.gate.revision === revision) return unchanged(state);
  return {
    state: { ...state, gate: { kind: "open", revision, entries } },
    effects: [{ kind: "open", revision, entries }],
  };
}

function admit(state: GateState, order: WantedOrder): GateStep {
  const { session } = state;
  if (session.kind === "joined" && !(order.at < session.until)) {
    const lost = lose(state);
    return { state: lost.state, effects: [...lost.effects, { kind: "turn-away", reason: "session_lost" }] };
  }
  const reason = refusal(state, order);
  if (reason !== undefined) return { state, effects: [{ kind: "turn-away", reason }] };
  return { state: { ...state, inFlight: state.inFlight + 1 }, effects: [{ kind: "admit" }] };
}

/** Why the order is not admitted now; `undefined` for one that is. */
function refusal({ gate }: GateState, { entry: key, position, quantity, domain }: WantedOrder): GateReason | undefined {
  if (gate.kind === "shut") return gate.reason;
  const entry = gate.entries.find((one) => entryKey(one) === key);
  if (entry === undefined) return "digest_mismatch";
  if (!letsOrdersOut(domainOf(entry.mode))) return "mode_without_orders";
  if (!letsOrdersOut(domain)) return "domain_without_orders";
  const then = position + quantity;
  if (!Number.isFinite(position) || !Number.isFinite(then) || quantity === 0) return "malformed_order";
  if (entry.freeze) return "entry_frozen";
  const reduces = Math.abs(then) < Math.abs(position) && then * position >= 0;
  if (reduces) return undefined;
  if (entry.drain || !entry.active) return "drain_reduce_only";
  return (then > 0 ? entry.sides.long : entry.sides.short) ? undefined : "side_closed";
}

function lose(state: GateState): GateStep {
  const { session } = state;
  if (session.kind !== "joined") return unchanged(state);
  const { message: _, prepared: __, ...rest } = state;
  const lost: GateState = {
    ...rest,
    session: { kind: "lost", id: session.id },
    gate: { kind: "shut", reason: "session_lost" },
  };
  return { state: lost, effects: [{ kind: "shut", reason: "session_lost" }, { kind: "cancel-orders" }] };
}

function shut(state: GateState, reason: GateReason): GateStep {
  if (state.gate.kind === "shut" && state.gate.reason === reason) return unchanged(state);
  return { state: { ...state, gate: { kind: "shut", reason } }, effects: [{ kind: "shut", reason }] };
}

function closing(state: GateState, reason: GateReason): readonly GateEffect[] {
  return state.gate.kind === "open" ? [{ kind: "shut", reason }, { kind: "cancel-orders" }] : [];
}

function unchanged(state: GateState): GateStep {
  return { state, effects: [] };
}

function isNewer({ sequence, message: known }: GateState, message: ActivationMessage): boolean {
  if (message.sequence !== sequence) return message.sequence > sequence;
  // A session that has taken nothing yet starts with what stands at its floor.
  if (known === undefined) return true;
  return message.kind === "outcome" && known.kind !== "outcome";
}

function isRepeated({ message: known }: GateState, message: ActivationMessage): boolean {
  return known !== undefined && known.sequence === message.sequence && known.kind === message.kind;
}

/** True for a message under which the gate stays shut. */
function isWaiting(message: ActivationMessage): boolean {
  return (
    message.kind === "freeze" ||
    message.kind === "restore" ||
    (message.kind === "outcome" && message.gates === "frozen")
  );
}

function waitingReason(message: ActivationMessage): GateReason {
  if (message.kind === "freeze" || message.kind === "restore") return "apply_running";
  return message.kind === "outcome" && message.gates === "frozen" ? "rolled_back_frozen" : "preparing";
}

/** The freeze of an apply prepares for its end: the epoch counts, not the sequence. */
function isPrepared({ message, prepared }: GateState): boolean {
  return message !== undefined && prepared !== undefined && Math.floor(prepared / 2) === message.epoch;
}

function awaitsPreparation(state: GateState, sequence: number): boolean {
  return state.session.kind === "joined" && state.message?.sequence === sequence && !isPrepared(state);
}

/** What an activation lets a strategy do something with. */
function ofStrategy(entries: readonly ActivationEntry[], strategy: string): readonly ActivationEntry[] {
  return entries.filter((entry) => entry.strategy === strategy && (entry.active || entry.drain));
}

function letsOrdersOut(domain: ExecutionDomain): boolean {
  return domain === "dryrun" || domain === "live";
}
