import { activeEntry, entryKey } from "../activation.ts";
import { type ActivationMessage, type ApplyEvent, type ApplyState, NO_APPLY, type RunningKind } from "../apply.ts";
import { type GateEvent, type GateState, newGate } from "../gate.ts";
import type { Protocol } from "./protocol.test.kit.ts";

/**
 * The world around the reducers: a journal, a network that may lose, repeat, delay and reorder, and processes that die, stop and come
 * back. A message or an acknowledgement that was ever sent can arrive any number of times or never. Every function is pure and takes
 * plain data, so that a search can intern it.
 */
export interface ModelWorld {
  readonly apply: ApplyState;
  /** Everything that was ever told, in the order of the journal. A reply to a question for the whole is one of these, late. */
  readonly told: readonly ActivationMessage[];
}

export interface ModelParticipant {
  readonly name: string;
  readonly gate: GateState;
  /** The process is there. One that is not has no gate; its words may still arrive. */
  readonly alive: boolean;
  /** The session was not renewed for its time to live, whether or not the process has noticed. */
  readonly expired: boolean;
  /** Sessions so far: the next one has another id. */
  readonly sessions: number;
  /** A sequence that the process is loading for. */
  readonly loading?: number;
  /** What it ever said: session and sequence. */
  readonly acknowledged: readonly Word[];
  readonly refused: readonly Word[];
}

interface Word {
  readonly session: string;
  readonly sequence: number;
}

export interface Bounds {
  /** Applies after the first one, which nobody takes part in. */
  readonly applies: number;
  readonly participants: number;
  /** Sessions that each participant may have. */
  readonly sessions: number;
  readonly orders: boolean;
  /** Whether loading may fail. */
  readonly failures: boolean;
  /** Whether a process may have read the head and append later. */
  readonly zombie: boolean;
}

/** One thing that happens. */
export type Action =
  /** Some process reads the head and appends what the reducer gives. */
  | { readonly kind: "append"; readonly event: ApplyEvent }
  /** The same, but it ends before the records are durable: only a defect tells of them. */
  | { readonly kind: "cut"; readonly event: ApplyEvent }
  /** A process reads the head… */
  | { readonly kind: "read" }
  /** …and appends on it, whatever has happened since. */
  | { readonly kind: "append-late"; readonly event: ApplyEvent }
  | { readonly kind: "gate"; readonly of: number; readonly event: GateEvent }
  | { readonly kind: "die" | "expire"; readonly of: number }
  | { readonly kind: "join"; readonly of: number };

export interface Moved<T> {
  readonly next: T;
  readonly violation?: string;
}

const STRATEGY = "s";
const TTL = 100;
const version = (epoch: number) => String(epoch).repeat(64);
const entriesOf = (epoch: number) => [
  activeEntry({ strategy: STRATEGY, version: version(epoch), params: {}, share: 1, mode: "paper" }),
];
/** A process holds every version that there is: which one is activated is what matters here. */
const HELD = [1, 2, 3, 4].flatMap((epoch) => entriesOf(epoch).map(entryKey));

/** After a first apply that nobody took part in. */
export function firstWorld(protocol: Protocol): ModelWorld {
  const { next, violation } = append(protocol, { apply: NO_APPLY, told: [] }, proposal(NO_APPLY, []));
  if (violation !== undefined) throw new Error(violation);
  return { ...next, told: [protocol.messageOf(next.apply)] };
}

/** A runner that has just joined. */
export function firstParticipant(protocol: Protocol, world: ModelWorld, of: number): ModelParticipant {
  const name = "pqr"[of] ?? "x";
  const blank = { name, gate: newGate(STRATEGY), alive: false, expired: false, sessions: 0 } as const;
  return join(protocol, { ...blank, acknowledged: [], refused: [] }, sequenceOf(world)).next;
}

/** The highest sequence of the journal: the floor of whoever registers now. */
export function sequenceOf({ told }: ModelWorld): number {
  return told.at(-1)?.sequence ?? 0;
}

/** The id that a session has, or had last. */
export function sessionOf({ gate }: ModelParticipant): string {
  return gate.session.kind === "none" ? "" : gate.session.id;
}

/** True while its orders go out: alive, and its session not over by anybody's count. */
export function isOpen({ alive, expired, gate }: ModelParticipant): boolean {
  return alive && !expired && gate.gate.kind === "open";
}

function proposal({ phase }: ApplyState, participants: readonly string[]): ApplyEvent {
  const epoch = phase.epoch + 1;
  return { kind: "proposed", decision: epoch, target: entriesOf(epoch), participants };
}

/** What some process may take as its next event on this head, as far as it does not depend on who said what. */
export function headEvents({ apply: { phase } }: ModelWorld, { failures }: Bounds): readonly ApplyEvent[] {
  if (phase.kind === "idle") return [];
  const { epoch } = phase;
  const timeouts = (["freezing", "switched", "aborting"] satisfies RunningKind[]).map(
    (kind): ApplyEvent => ({ kind: "timed-out", epoch, phase: kind }),
  );
  return failures
    ? [...timeouts, { kind: "aborted", actor: "ops", reason: "x" }, { kind: "failed", reason: "x" }]
    : timeouts;
}

/** What a participant's words and its absence let somebody take as the next event. */
export function wordEvents({ losesBy }: Protocol, participant: ModelParticipant): readonly ApplyEvent[] {
  const events: ApplyEvent[] = [];
  for (const { session, sequence } of participant.acknowledged)
    events.push({ kind: "acknowledged", participant: session, sequence });
  for (const { session, sequence } of participant.refused)
    events.push({ kind: "refused", participant: session, sequence, reason: "x" });
  for (let n = 1; n <= participant.sessions; n++) {
    const session = `${participant.name}${n}`;
    if (losesBy === "clock" || n < participant.sessions || !participant.alive || participant.expired)
      events.push({ kind: "lost", participant: session });
  }
  return events;
}

/** Who may be asked in an apply that begins now: those whose session is over, or who are dead, may still be counted, or no longer. */
export function proposals(
  { apply }: ModelWorld,
  participants: readonly ModelParticipant[],
  { applies }: Bounds,
): readonly ApplyEvent[] {
  if (apply.phase.kind !== "idle" || apply.phase.epoch > applies) return [];
  const sure = participants.filter(({ expired, alive }) => !expired && alive).map(sessionOf);
  const all = participants.map(sessionOf);
  const sets = sure.length === all.length ? [all] : [all, sure];
  return sets.map((set) => proposal(apply, set));
}

/** Appends what the reducer gives on the head, and tells of it. */
export function append(protocol: Protocol, world: ModelWorld, event: ApplyEvent): Moved<ModelWorld> {
  return appendOn(protocol, world, world.apply, event);
}

/** Appends what the reducer gave on the head `seen` to the head that there is now. */
export function appendLate(
  protocol: Protocol,
  world: ModelWorld,
  seen: ApplyState,
  event: ApplyEvent,
): Moved<ModelWorld> {
  if (seen === world.apply) return append(protocol, world, event);
  if (protocol.staleAppend === "conflict") return { next: world };
  return appendOn(protocol, world, protocol.staleAppend === "blind" ? world.apply : seen, event, seen);
}

/** The message that would be told although nothing was written. */
export function cut(protocol: Protocol, world: ModelWorld, event: ApplyEvent): Moved<ModelWorld> {
  if (!protocol.tellsBeforeDurable) return { next: world };
  const { next, violation } = append(protocol, world, event);
  return { next: { ...world, told: next.told }, ...(violation !== undefined && { violation }) };
}

function appendOn(
  protocol: Protocol,
  world: ModelWorld,
  head: ApplyState,
  event: ApplyEvent,
  seen = head,
): Moved<ModelWorld> {
  // A function of the epoch, so that states that differ only in how many acknowledgements stand before them are one.
  const revision = 10 * (event.kind === "proposed" ? seen.phase.epoch + 1 : seen.phase.epoch);
  let apply = head;
  try {
    const { records, state } = protocol.step(seen, event, { at: 0, revision });
    if (records.length === 0) return { next: world };
    records.forEach((record, i) => {
      apply = protocol.evolve(apply, record, revision + 1 + i);
    });
    if (head === seen && JSON.stringify(apply) !== JSON.stringify(state))
      return { next: world, violation: "the fold of the journal differs from what was decided" };
  } catch (error) {
    // An operator's verb that has nothing to do is refused, and nothing is appended.
    if (event.kind === "aborted" || event.kind === "proposed") return { next: world };
    return { next: world, violation: `the journal can't be folded: ${(error as Error).message}` };
  }
  const next = { apply: sorted(apply), told: tell(protocol, world.told, apply) };
  const violation = headViolation(world.apply, next.apply);
  return violation === undefined ? { next } : { next, violation };
}

function tell(protocol: Protocol, told: readonly ActivationMessage[], apply: ApplyState): readonly ActivationMessage[] {
  const message = protocol.messageOf(apply);
  const text = JSON.stringify(message);
  return told.some((one) => JSON.stringify(one) === text) ? told : [...told, message];
}

/** In whatever order the words came, it is the same state. */
function sorted({ phase, activation, ended }: ApplyState): ApplyState {
  if (phase.kind === "idle") return { activation, ended, phase };
  const { acknowledged, left } = phase;
  return { activation, ended, phase: { ...phase, acknowledged: [...acknowledged].sort(), left: [...left].sort() } };
}

function headViolation(before: ApplyState, after: ApplyState): string | undefined {
  const [was, is] = [before.phase, after.phase];
  if (is.epoch < was.epoch) return "an epoch came back";
  if (after.activation.revision < before.activation.revision) return "the activation's revision went back";
  if (after.activation.revision === before.activation.revision) {
    if (JSON.stringify(after.activation) !== JSON.stringify(before.activation))
      return "the activation changed without a commit";
  } else if (Math.floor(before.activation.revision / 10) >= is.epoch) return "an apply committed twice";
  if (was.kind === "idle" && is.epoch === was.epoch) return "an apply that had ended went on";
  if (was.kind === "switched" && is.kind !== "switched" && !(is.kind === "idle" && is.outcome?.kind === "completed"))
    return "an apply went back after its commit";
  if (is.kind === "idle" && is.outcome?.kind === "rolled-back" && is.outcome.gates === "reopened") {
    if (was.kind !== "aborting" || was.left.length > 0) return "gates reopen although a participant is missing";
    if (was.required.length - was.acknowledged.length > 1) return "gates reopen although a participant is missing";
    if (is.outcome.missing.length > 0) return "gates reopen although a participant is missing";
  }
  return undefined;
}

/** What a participant may do or take by itself. */
export function ownActions(participant: ModelParticipant, of: number, { orders, failures }: Bounds): readonly Action[] {
  const { alive, expired, gate, loading } = participant;
  if (!alive) return expired ? [] : [{ kind: "expire", of }];
  const actions: Action[] = [{ kind: "die", of }];
  const event = (one: GateEvent): void => void actions.push({ kind: "gate", of, event: one });
  if (gate.session.kind === "joined") {
    if (expired) {
      event({ kind: "session-lost" });
      event({ kind: "renewed", at: TTL, until: 3 * TTL });
    } else actions.push({ kind: "expire", of });
  }
  if (loading !== undefined) {
    event({ kind: "prepared", sequence: loading, held: HELD });
    if (failures) event({ kind: "prepare-failed", sequence: loading, reason: "x" });
  }
  if (orders && gate.inFlight > 0) event({ kind: "orders-done", count: 1 });
  if (orders && gate.inFlight === 0) event(anOrder(participant));
  return actions;
}

/** For what the gate is open on, or for anything: an order that nothing speaks against but the gate itself. */
function anOrder({ gate: { gate }, expired }: ModelParticipant): GateEvent {
  const [entry] = gate.kind === "open" ? gate.entries : entriesOf(1);
  const key = entry === undefined ? "" : entryKey(entry);
  const at = expired ? TTL : 0;
  return { kind: "order-wanted", order: { entry: key, position: 0, quantity: 1, domain: "dryrun", at } };
}

export function gateStep(protocol: Protocol, participant: ModelParticipant, event: GateEvent): Moved<ModelParticipant> {
  const { state: gate, effects } = protocol.stepGate(participant.gate, event);
  let { loading, acknowledged, refused } = participant;
  let violation: string | undefined;
  if (event.kind === "prepared" && event.sequence === loading) loading = undefined;
  for (const effect of effects) {
    if (effect.kind === "load") loading = effect.sequence;
    else if (effect.kind === "acknowledge") acknowledged = said(acknowledged, effect);
    else if (effect.kind === "refuse") refused = said(refused, effect);
    else if (effect.kind === "admit") {
      if (participant.expired) violation = "an order was admitted after the session was over";
      if (participant.gate.gate.kind === "shut") violation = "an order was admitted at a shut gate";
    }
  }
  if (gate.session.kind === "lost") loading = undefined;
  if (gate.sequence < participant.gate.sequence) violation = "a participant's sequence went back";
  if (gate.gate.kind === "open" && gate.session.kind !== "joined") violation = "a gate is open without a session";
  const { loading: _, ...rest } = participant;
  const next = { ...rest, gate, acknowledged, refused, ...(loading !== undefined && { loading }) };
  return violation === undefined ? { next } : { next, violation };
}

function said(words: readonly Word[], { session, sequence }: Word): readonly Word[] {
  if (words.some((one) => one.session === session && one.sequence === sequence)) return words;
  return [...words, { session, sequence }].sort((a, b) => a.sequence - b.sequence || (a.session < b.session ? -1 : 1));
}

export function die(participant: ModelParticipant): ModelParticipant {
  const { loading: _, ...rest } = participant;
  const { session } = participant.gate;
  // What a dead process knew is gone; its orders are whoever comes back has to see to.
  return { ...rest, alive: false, gate: { ...newGate(STRATEGY), session } };
}

export function mayJoin({ alive, gate, sessions }: ModelParticipant, bounds: Bounds): boolean {
  return sessions < bounds.sessions && (!alive || gate.session.kind === "lost");
}

/** Under another id, with nothing remembered but the floor that the registration was appended at. */
export function join(protocol: Protocol, participant: ModelParticipant, floor: number): Moved<ModelParticipant> {
  const sessions = participant.sessions + 1;
  const fresh: ModelParticipant = {
    ...participant,
    gate: participant.alive ? participant.gate : newGate(STRATEGY),
    alive: true,
    expired: false,
    sessions,
  };
  const session = `${participant.name}${sessions}`;
  return gateStep(protocol, fresh, { kind: "joined", session, floor, until: TTL });
}

/** What must never be, over everything at once. */
export function stateViolation(world: ModelWorld, participants: readonly ModelParticipant[]): string | undefined {
  const { phase, activation } = world.apply;
  const frozen = phase.kind === "idle" && phase.outcome?.kind === "rolled-back" && phase.outcome.gates === "frozen";
  for (const participant of participants) {
    const { gate, sequence } = participant.gate;
    if (!isOpen(participant) || gate.kind === "shut") continue;
    if (gate.revision > activation.revision) return "a gate is open on an activation that is not committed";
    if (gate.revision < activation.revision) return "a gate is open on an activation that was switched away from";
    if (phase.kind !== "idle" && phase.kind !== "switched" && phase.acknowledged.includes(sessionOf(participant)))
      return "a gate is open although it was acknowledged as shut";
    if (frozen && sequence === sequenceOf(world)) return "a gate is open although the rollback left gates frozen";
  }
  return undefined;
}

/** What must hold of the participants when an apply commits. */
export function commitViolation(
  before: ModelWorld,
  after: ModelWorld,
  participants: readonly ModelParticipant[],
): string | undefined {
  const { phase } = before.apply;
  if (after.apply.activation.revision === before.apply.activation.revision || phase.kind === "idle") return undefined;
  for (const participant of participants) {
    const { gate, alive, expired } = participant;
    if (!alive || expired || !phase.required.includes(sessionOf(participant))) continue;
    if (gate.inFlight > 0) return "an apply committed while an order was in flight";
    if (Math.floor((gate.prepared ?? -1) / 2) !== phase.epoch)
      return "an apply committed before a participant was prepared";
  }
  return undefined;
}

/** Everything has come to rest: the last apply has ended, and every process that is there stands where it ended. */
export function isAtRest(world: ModelWorld, participants: readonly ModelParticipant[], bounds: Bounds): boolean {
  if (world.apply.phase.kind !== "idle" || world.apply.phase.epoch <= bounds.applies) return false;
  return participants.every((participant) => stands(participant, world, bounds));
}

function stands(participant: ModelParticipant, world: ModelWorld, bounds: Bounds): boolean {
  const { alive, gate } = participant;
  if (!alive || gate.session.kind !== "joined") return !mayJoin(participant, bounds);
  const last = world.told.at(-1);
  return (
    participant.loading === undefined &&
    gate.sequence === last?.sequence &&
    gate.message?.kind === "outcome" &&
    (gate.gate.kind === "open") === (last.kind === "outcome" && last.gates === "open")
  );
}
