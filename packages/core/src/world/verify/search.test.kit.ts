import type { ApplyEvent } from "../apply.ts";
import type { GateEvent } from "../gate.ts";
import {
  type Action,
  append,
  appendLate,
  type Bounds,
  commitViolation,
  cut,
  die,
  firstParticipant,
  firstWorld,
  gateStep,
  headEvents,
  isAtRest,
  join,
  type ModelParticipant,
  type ModelWorld,
  type Moved,
  mayJoin,
  ownActions,
  proposals,
  sequenceOf,
  stateViolation,
  wordEvents,
} from "./model.test.kit.ts";
import type { Protocol } from "./protocol.test.kit.ts";
import type { Mark } from "./sim-watch.test.kit.ts";

export interface SearchResult {
  readonly states: number;
  readonly transitions: number;
  /** The first of each kind, with the shortest way to it. */
  readonly violations: readonly Violation[];
  /** States from which not everything can come to rest any more, although nothing else goes wrong. */
  readonly stuck: number;
  /** False when `limit` states were not enough: then `stuck` says nothing. */
  readonly exhausted: boolean;
  readonly marks: readonly Mark[];
}

export interface Violation {
  readonly what: string;
  readonly trace: readonly Action[];
}

export interface SearchOptions {
  /** Stop at the first violation. */
  readonly first?: boolean;
  readonly limit?: number;
}

/** A value's small number, and what was found out about it. */
class Interned<T> {
  readonly values: T[] = [];
  readonly #ids = new Map<string, number>();

  idOf(value: T): number {
    const text = JSON.stringify(value);
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    this.#ids.set(text, this.values.length);
    return this.values.push(value) - 1;
  }

  at(id: number): T {
    const value = this.values[id];
    if (value === undefined) throw new Error(`nothing is interned as ${id}`);
    return value;
  }
}

/** Where a move leads: an id, or a violation. */
interface Edge {
  readonly to: number;
  readonly action: Action;
  readonly violation?: string;
  /** The world's activation is another one there. */
  readonly commits?: boolean;
  /** Something went wrong there: rest must be within reach without it. */
  readonly fault?: boolean;
}

/**
 * Every state that the world around the reducers can come to, breadth first. What the reducers do is computed once for each local
 * state and event; a state is a few small numbers in one.
 */
export function search(protocol: Protocol, bounds: Bounds, { first = false, limit }: SearchOptions = {}): SearchResult {
  const { participants: count } = bounds;
  const bits = Math.min(16, Math.floor(52 / (count + 2)));
  const radix = 2 ** bits;
  const worlds = new Interned<ModelWorld>();
  const locals = Array.from({ length: count }, () => new Interned<ModelParticipant>());
  const most = limit ?? Number.POSITIVE_INFINITY;

  const marks = new Set<Mark>();
  const own = memo((of: number, id: number): readonly Edge[] => {
    const known = localsAt(of);
    const participant = known.at(id);
    return distinct(
      ownActions(participant, of, bounds).map((action) => ({
        ...edge(action, movedBy(participant, action), known),
        fault: isFault(participant, action),
      })),
      id,
    );
  });
  const deliveries = memo((of: number, id: number, world: number): readonly Edge[] => {
    const known = localsAt(of);
    const participant = known.at(id);
    if (!participant.alive) return [];
    const { told } = worlds.at(world);
    if (told.some(({ kind, sequence }) => kind === "freeze" && sequence < (participant.gate.message?.sequence ?? 0)))
      marks.add("late-freeze-after-unfreeze");
    const events = told.flatMap((message): GateEvent[] => [
      { kind: "message", message },
      { kind: "snapshot", floor: message.sequence, message },
    ]);
    return distinct(
      events.map((event) => edge({ kind: "gate", of, event }, gateStep(protocol, participant, event), known)),
      id,
    );
  });
  const joins = memo((of: number, id: number, world: number): readonly Edge[] => {
    const known = localsAt(of);
    const participant = known.at(id);
    if (!mayJoin(participant, bounds)) return [];
    return [edge({ kind: "join", of }, join(protocol, participant, sequenceOf(worlds.at(world))), known)];
  });
  const headMoves = memo((world: number): readonly Edge[] => appends(world, headEvents(worlds.at(world), bounds)));
  const wordMoves = memo((of: number, id: number, world: number): readonly Edge[] =>
    appends(world, wordEvents(protocol, localsAt(of).at(id))),
  );
  /** `who`: 0 for what depends on nobody's word, else four times the participant's number, and which one. */
  const lateMoves = memo((world: number, seen: number, who: number): readonly Edge[] => {
    const { apply } = worlds.at(seen);
    const events =
      who === 0
        ? headEvents(worlds.at(seen), bounds)
        : wordEvents(protocol, localsAt((who % 4) - 1).at(Math.floor(who / 4)));
    return distinct(
      events.map((event) =>
        edge({ kind: "append-late", event }, appendLate(protocol, worlds.at(world), apply, event), worlds),
      ),
      world,
    );
  });
  const appends = (world: number, events: readonly ApplyEvent[]): readonly Edge[] => {
    const before = worlds.at(world);
    const edges = events.flatMap((event) => [
      edge({ kind: "append", event }, append(protocol, before, event), worlds),
      edge({ kind: "cut", event }, cut(protocol, before, event), worlds),
    ]);
    return distinct(edges, world).map((one) => ({
      ...one,
      fault: one.action.kind === "append" && FAULTS.has(one.action.event.kind),
      commits: worlds.at(one.to).apply.activation.revision !== before.apply.activation.revision,
    }));
  };
  /** `who`: all that a proposal depends on, as one number. */
  const proposedBy = new Map<number, readonly Edge[]>();
  const proposed = (world: number, who: number, all: readonly ModelParticipant[]): readonly Edge[] => {
    const key = 65_536 * world + who;
    const edges = proposedBy.get(key) ?? appends(world, proposals(worlds.at(world), all, bounds));
    proposedBy.set(key, edges);
    return edges;
  };
  const participantsAt = (ids: Float64Array): readonly ModelParticipant[] =>
    locals.map((known, of) => known.at(ids[of + 2] ?? 0));

  // A state: world, what a late process has read (0: nothing), participants.
  const start = firstWorld(protocol);
  const parts = new Float64Array(count + 2);
  parts[0] = worlds.idOf(start);
  for (let of = 0; of < count; of++) parts[of + 2] = localsAt(of).idOf(firstParticipant(protocol, start, of));
  const seen = new KeySet();
  const parents: number[] = [-1];
  seen.add(pack(parts));
  let transitions = 0;
  const found = new Map<string, Violation>();

  const scratch = new Float64Array(count + 2);
  let current = 0;
  /** Visits where a move leads; true when the search may end. */
  const visit = (place: number, one: Edge, from: Float64Array): void => {
    transitions++;
    if (one.violation !== undefined) report(one.violation, one.action);
    if (one.to === from[place]) return;
    scratch.set(from);
    scratch[place] = one.to;
    if (place === 0 && one.commits === true) {
      const broken = commitViolation(worlds.at(from[0] ?? 0), worlds.at(one.to), participantsAt(from));
      if (broken !== undefined) report(broken, one.action);
    }
    if (!seen.add(pack(scratch))) return;
    parents.push(current);
    const broken = stateViolation(worlds.at(scratch[0] ?? 0), participantsAt(scratch));
    if (broken !== undefined) report(broken, one.action);
  };
  const report = (what: string, action: Action): void => {
    if (!found.has(what)) found.set(what, { what, trace: [...traceTo(current), action] });
  };

  const here = new Float64Array(count + 2);
  for (; current < seen.size && current < most; current++) {
    unpack(seen.at(current), here);
    forEachMove(here, (place, one) => visit(place, one, here));
    if (first && found.size > 0) break;
  }
  const exhausted = current === seen.size;
  const stuck = exhausted && found.size === 0 ? countStuck() : 0;
  return { states: seen.size, transitions, violations: [...found.values()], stuck, exhausted, marks: [...marks] };

  function localsAt(of: number): Interned<ModelParticipant> {
    const known = locals[of];
    if (known === undefined) throw new Error(`there is no participant ${of}`);
    return known;
  }

  function movedBy(participant: ModelParticipant, action: Action): Moved<ModelParticipant> {
    if (action.kind === "die") return { next: die(participant) };
    if (action.kind === "expire") return { next: { ...participant, expired: true } };
    if (action.kind === "gate") return gateStep(protocol, participant, action.event);
    throw new Error(`${action.kind} is not its own`);
  }

  function forEachMove(from: Float64Array, take: (place: number, one: Edge) => void): void {
    const [world, late] = [from[0] ?? 0, from[1] ?? 0];
    for (let of = 0; of < count; of++) {
      const id = from[of + 2] ?? 0;
      for (const one of own(of, id)) take(of + 2, one);
      for (const one of deliveries(of, id, world)) take(of + 2, one);
      for (const one of joins(of, id, world)) take(of + 2, one);
      for (const one of wordMoves(of, id, world)) take(0, one);
    }
    for (const one of headMoves(world)) take(0, one);
    const { phase } = worlds.at(world).apply;
    if (phase.kind === "idle") {
      const all = participantsAt(from);
      const who = all.reduce(
        (code, { sessions, expired, alive }) => 32 * code + 4 * sessions + (expired ? 2 : 0) + (alive ? 1 : 0),
        0,
      );
      for (const one of proposed(world, who, all)) take(0, one);
    }
    if (!bounds.zombie) return;
    if (late === 0) {
      // It can be late only where something can happen meanwhile.
      if (phase.kind !== "idle") take(1, { to: world + 1, action: { kind: "read" } });
      return;
    }
    for (const one of lateMoves(world, late - 1, 0)) take(0, one);
    for (let of = 0; of < count; of++)
      for (const one of lateMoves(world, late - 1, 4 * (from[of + 2] ?? 0) + of + 1)) take(0, one);
    take(1, { to: 0, action: { kind: "read" } });
  }

  /** States from which rest is out of reach, by walking back from where it is reached. */
  function countStuck(): number {
    const size = seen.size;
    const reaches = new Uint8Array(size);
    let left = size;
    const at = new Float64Array(count + 2);
    const to = new Float64Array(count + 2);
    for (let before = -1; before !== left; ) {
      before = left;
      for (let i = size - 1; i >= 0; i--) {
        if (reaches[i] === 1) continue;
        unpack(seen.at(i), at);
        let good = isAtRest(worlds.at(at[0] ?? 0), participantsAt(at), bounds);
        if (!good)
          forEachMove(at, (place, one) => {
            if (good || one.fault === true || one.to === at[place]) return;
            to.set(at);
            to[place] = one.to;
            good = reaches[seen.indexOf(pack(to))] === 1;
          });
        if (good) {
          reaches[i] = 1;
          left--;
        }
      }
    }
    return left;
  }

  /** The actions on the shortest way to a state. */
  function traceTo(index: number): readonly Action[] {
    const way: number[] = [];
    for (let i = index; i > 0; i = parents[i] ?? 0) way.push(i);
    const trace: Action[] = [];
    const from = new Float64Array(count + 2);
    for (const next of way.reverse()) {
      unpack(seen.at(parents[next] ?? 0), from);
      const wanted = seen.at(next);
      let action: Action | undefined;
      forEachMove(from, (place, one) => {
        if (action !== undefined) return;
        scratch.set(from);
        scratch[place] = one.to;
        if (pack(scratch) === wanted) action = one.action;
      });
      if (action === undefined) throw new Error("a way can't be found again");
      trace.push(action);
    }
    return trace;
  }

  function pack(ids: Float64Array): number {
    let key = 0;
    for (const id of ids) {
      if (id >= radix) throw new Error(`more than ${radix} local states: the search needs wider keys`);
      key = key * radix + id;
    }
    return key;
  }

  function unpack(key: number, into: Float64Array): void {
    let rest = key;
    for (let i = into.length - 1; i >= 0; i--) {
      const higher = Math.floor(rest / radix);
      into[i] = rest - higher * radix;
      rest = higher;
    }
  }
}

/**
 * What happens in a trace, one action after the other; the first violation, if there is one. What can't happen where the trace has come to,
 * because it was found with another protocol, is left out.
 */
export function replay(protocol: Protocol, bounds: Bounds, trace: readonly Action[]): string | undefined {
  let world = firstWorld(protocol);
  let read = world;
  let participants = Array.from({ length: bounds.participants }, (_, of) => firstParticipant(protocol, world, of));
  for (const action of trace) {
    const before = world;
    let violation: string | undefined;
    const move = (of: number, { next, violation: broken }: Moved<ModelParticipant>): void => {
      participants = participants.map((one, i) => (i === of ? next : one));
      violation = broken;
    };
    const known = (of: number): ModelParticipant => {
      const one = participants[of];
      if (one === undefined) throw new Error(`there is no participant ${of}`);
      return one;
    };
    if (!isPossible(protocol, action, world, participants)) continue;
    switch (action.kind) {
      case "read":
        read = world;
        break;
      case "append":
        ({ next: world, violation } = held(append(protocol, world, action.event)));
        break;
      case "cut":
        ({ next: world, violation } = held(cut(protocol, world, action.event)));
        break;
      case "append-late":
        ({ next: world, violation } = held(appendLate(protocol, world, read.apply, action.event)));
        break;
      case "gate":
        move(action.of, gateStep(protocol, known(action.of), action.event));
        break;
      case "die":
        move(action.of, { next: die(known(action.of)) });
        break;
      case "expire":
        move(action.of, { next: { ...known(action.of), expired: true } });
        break;
      case "join":
        move(action.of, join(protocol, known(action.of), sequenceOf(world)));
        break;
    }
    violation ??= commitViolation(before, world, participants) ?? stateViolation(world, participants);
    if (violation !== undefined) return violation;
  }
  return undefined;
}

/** Nobody's word arrives that was never given, no message that was never told, and nothing is ready that is not being loaded. */
function isPossible(
  protocol: Protocol,
  action: Action,
  { told }: ModelWorld,
  participants: readonly ModelParticipant[],
): boolean {
  if (action.kind === "gate") {
    const { event, of } = action;
    if (event.kind === "message" || event.kind === "snapshot") return told.some((one) => same(one, event.message));
    return event.kind !== "prepared" || participants[of]?.loading === event.sequence;
  }
  if (action.kind !== "append" && action.kind !== "append-late" && action.kind !== "cut") return true;
  const { event } = action;
  if (event.kind !== "acknowledged" && event.kind !== "refused" && event.kind !== "lost") return true;
  return participants.flatMap((one) => wordEvents(protocol, one)).some((one) => same(one, event));
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function held({ next, violation }: Moved<ModelWorld>): { next: ModelWorld; violation: string | undefined } {
  return { next, violation };
}

/** A violation as a test that fails until it is put right. */
export function traceTest({ what, trace }: Violation, bounds: Bounds): string {
  const lines = trace.map((action) => `    ${JSON.stringify(action)},`);
  return [
    `import { expect, test } from "vitest";`,
    `import { REAL } from "./protocol.test.kit.ts";`,
    `import { replay } from "./search.test.kit.ts";`,
    "",
    `test(${JSON.stringify(what)}, () => {`,
    `  const violation = replay(REAL, ${JSON.stringify(bounds)}, [`,
    ...lines,
    "  ]);",
    "  expect(violation).toBeUndefined();",
    "});",
  ].join("\n");
}

function edge<T>(action: Action, { next, violation }: Moved<T>, known: Interned<T>): Edge {
  const to = known.idOf(next);
  return violation === undefined ? { to, action } : { to, action, violation };
}

const FAULTS: ReadonlySet<string> = new Set(["aborted", "failed", "refused"]);

function isFault({ alive }: ModelParticipant, action: Action): boolean {
  if (action.kind === "gate") return action.event.kind === "prepare-failed";
  return action.kind === "die" || (action.kind === "expire" && alive);
}

/** Without what changes nothing, and once for each place that is led to. */
function distinct(edges: readonly Edge[], from: number): readonly Edge[] {
  const known = new Set<number>([from]);
  return edges.filter(({ to, violation }) => violation !== undefined || (!known.has(to) && known.add(to)));
}

/** At most three whole numbers below 2 ** 18 in, whatever out (below 2 ** 17 in front): computed once. */
function memo<A extends number[], R>(compute: (...args: A) => R): (...args: A) => R {
  const known = new Map<number, R>();
  return (...args) => {
    let key = 0;
    for (const one of args) key = key * 262_144 + one;
    if (known.has(key)) return known.get(key) as R;
    const result = compute(...args);
    known.set(key, result);
    return result;
  };
}

/** Numbers in the order in which they came, each once. */
class KeySet {
  #keys = new Float64Array(1024);
  #slots = new Int32Array(4096).fill(-1);
  size = 0;

  at(index: number): number {
    return this.#keys[index] ?? -1;
  }

  indexOf(key: number): number {
    const { length } = this.#slots;
    for (let slot = hash(key, length); ; slot = (slot + 1) & (length - 1)) {
      const index = this.#slots[slot] ?? -1;
      if (index < 0 || this.#keys[index] === key) return index;
    }
  }

  /** False when it is known. */
  add(key: number): boolean {
    if (this.indexOf(key) >= 0) return false;
    if (this.size === this.#keys.length) {
      const more = new Float64Array(this.size * 2);
      more.set(this.#keys);
      this.#keys = more;
    }
    this.#keys[this.size] = key;
    this.size++;
    if (this.size * 3 > this.#slots.length) this.#rebuild(this.#slots.length * 4);
    else this.#place(key, this.size - 1);
    return true;
  }

  #rebuild(length: number): void {
    this.#slots = new Int32Array(length).fill(-1);
    for (let i = 0; i < this.size; i++) this.#place(this.at(i), i);
  }

  #place(key: number, index: number): void {
    const { length } = this.#slots;
    let slot = hash(key, length);
    while ((this.#slots[slot] ?? -1) >= 0) slot = (slot + 1) & (length - 1);
    this.#slots[slot] = index;
  }
}

function hash(key: number, length: number): number {
  const high = Math.floor(key / 4_294_967_296);
  const mixed = Math.imul(key | 0, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
  return ((mixed ^ (mixed >>> 15)) >>> 0) & (length - 1);
}
