import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ActivationEntry, activeEntry, entryKey, nextEntries } from "./activation.ts";
import type { ActivationMessage } from "./apply.ts";
import { type GateEvent, type GateState, newGate, stepGate, type WantedOrder } from "./gate.ts";

const entry = (version: string, of: Partial<ActivationEntry> = {}): ActivationEntry => ({
  ...activeEntry({ strategy: "s", version: version.repeat(64), params: {}, share: 1, mode: "paper" }),
  ...of,
});
const [one, two] = [entry("1"), entry("2")];
const key = (of: ActivationEntry) => entryKey(of);

const joined: GateEvent = { kind: "joined", session: "p", floor: 1, until: 100 };
const at = (epoch: number, sequence: number, ...entries: readonly ActivationEntry[]) => ({
  epoch,
  sequence,
  revision: epoch,
  entries,
});
const freeze = (epoch: number, target: readonly ActivationEntry[], ...entries: readonly ActivationEntry[]) =>
  ({ kind: "freeze", ...at(epoch, 2 * epoch, ...entries), target }) as const;
const reopen = (epoch: number, ...entries: readonly ActivationEntry[]) =>
  ({ kind: "reopen", ...at(epoch, 2 * epoch + 1, ...entries) }) as const;
const restore = (epoch: number, ...entries: readonly ActivationEntry[]) =>
  ({ kind: "restore", ...at(epoch, 2 * epoch + 1, ...entries) }) as const;
const outcome = (epoch: number, gates: "open" | "frozen", ...entries: readonly ActivationEntry[]) =>
  ({ kind: "outcome", ...at(epoch, 2 * epoch + 1, ...entries), gates }) as const;
const message = (told: ActivationMessage): GateEvent => ({ kind: "message", message: told });
const prepared = (sequence: number, ...held: readonly ActivationEntry[]): GateEvent => ({
  kind: "prepared",
  sequence,
  held: held.map(key),
});
const wanted = (of: Partial<WantedOrder> = {}): GateEvent => ({
  kind: "order-wanted",
  order: { entry: key(one), position: 0, quantity: 1, domain: "dryrun", at: 0, ...of },
});

/** The state after events, and what each of them led to, in short. */
function run(events: readonly GateEvent[], from = newGate("s")): { state: GateState; did: readonly string[][] } {
  let state = from;
  const did = events.map((event) => {
    const taken = stepGate(state, event);
    state = taken.state;
    return taken.effects.map((effect) => {
      if (effect.kind === "shut" || effect.kind === "turn-away") return `${effect.kind} ${effect.reason}`;
      if (effect.kind === "load") return `load ${effect.entries.map(({ version }) => version[0]).join()}`;
      if (effect.kind === "acknowledge" || effect.kind === "refuse") return `${effect.kind} ${effect.sequence}`;
      return effect.kind;
    });
  });
  return { state, did };
}
/** Joined, and open on `one` after apply 1. */
const OPEN: readonly GateEvent[] = [joined, message(outcome(1, "open", one)), prepared(3, one)];

test("a session that joins starts shut, and opens on what is committed when it holds it", () => {
  const { state, did } = run(OPEN);
  expect(did).toEqual([[], ["shut preparing", "cancel-orders", "load 1"], ["open"]]);
  expect(state.gate).toEqual({ kind: "open", revision: 1, entries: [one] });
  expect(run([joined, wanted()]).did[1]).toEqual(["turn-away joining"]);
  expect(run([wanted()]).did[0]).toEqual(["turn-away joining"]);
});

test("through an apply: shut, cancelled and warm before it acknowledges, open on the new head", () => {
  const target = nextEntries([one], [two]);
  const { state, did } = run([
    ...OPEN,
    wanted(),
    message(freeze(2, target, one)),
    wanted(),
    prepared(4, one, two),
    { kind: "orders-done", count: 1 },
    message(freeze(2, target, one)),
    message(reopen(2, ...target)),
    message(reopen(2, ...target)),
    message(outcome(2, "open", ...target)),
    wanted({ entry: key(two) }),
    { kind: "orders-done", count: 1 },
    wanted(),
    wanted({ position: 5, quantity: -5 }),
  ]);
  expect(did.slice(3)).toEqual([
    ["admit"],
    ["shut apply_running", "cancel-orders", "load 1,2"],
    ["turn-away apply_running"],
    [],
    ["acknowledge 4"],
    ["acknowledge 4"],
    ["open", "acknowledge 5"],
    ["acknowledge 5"],
    [],
    ["admit"],
    [],
    ["turn-away drain_reduce_only"],
    ["admit"],
  ]);
  expect(state.gate).toMatchObject({ kind: "open", revision: 2 });
});

test("a rollback is confirmed with the gate shut, and its outcome says whether it opens on the old head", () => {
  const back = [...OPEN, message(freeze(2, [two], one)), prepared(4, one, two), message(restore(2, one))];
  expect(run(back).did.at(-1)).toEqual(["acknowledge 5"]);
  expect(run(back).state.gate).toEqual({ kind: "shut", reason: "apply_running" });
  expect(run([...back, message(outcome(2, "open", one))]).state.gate).toMatchObject({ kind: "open", entries: [one] });
  expect(run([...back, message(outcome(2, "frozen", one))]).state.gate).toEqual({
    kind: "shut",
    reason: "rolled_back_frozen",
  });
  const unseen = [...OPEN, message(outcome(2, "frozen", one))];
  expect(run(unseen).did.at(-1)).toEqual(["shut rolled_back_frozen", "cancel-orders", "load 1"]);
  const dropped = [...back.slice(0, -2), prepared(4, two), message(restore(2, one))];
  expect(run(dropped).did.at(-1)).toEqual(["cancel-orders", "load 1"]);
});

test("what is older than the newest message changes nothing", () => {
  const frozen = [...OPEN, message(freeze(2, [two], one)), prepared(4, one, two)];
  for (const old of [outcome(1, "open", one), reopen(1, one), freeze(1, [one]), outcome(0, "open")])
    expect(run([...frozen, message(old)]).state).toEqual(run(frozen).state);
  const settled = [...frozen, message(outcome(2, "frozen", one))];
  expect(run([...settled, message(restore(2, one))]).state).toEqual(run(settled).state);
  expect(run([...frozen, prepared(3, two)]).state).toEqual(run(frozen).state);
});

test("nothing below the floor of the registration or of a snapshot counts", () => {
  const late: GateEvent = { ...joined, floor: 5 };
  expect(run([late, message(outcome(1, "open", one))]).state.message).toBeUndefined();
  expect(run([late, message(reopen(2, two)), prepared(5, two)]).state.gate).toMatchObject({ revision: 2 });
  expect(run([joined], newGate("s", 9)).state.sequence).toBe(9);
  const gap: GateEvent = { kind: "snapshot", floor: 7, message: outcome(1, "open", one) };
  const { state, did } = run([...OPEN, gap, message(outcome(1, "open", one))]);
  expect(did.at(-2)).toEqual(["shut joining", "cancel-orders"]);
  expect(state.gate).toEqual({ kind: "shut", reason: "joining" });
  const whole: GateEvent = { kind: "snapshot", floor: 5, message: reopen(2, two) };
  expect(run([...OPEN, whole, prepared(5, two)]).state.gate).toMatchObject({ kind: "open", revision: 2 });
});

test("a version that can't be prepared refuses the freeze, and keeps the gate shut afterwards", () => {
  const failed = (sequence: number): GateEvent => ({ kind: "prepare-failed", sequence, reason: "no data" });
  expect(run([...OPEN, message(freeze(2, [two], one)), failed(3), failed(4)]).did.slice(-2)).toEqual([
    [],
    ["refuse 4"],
  ]);
  const switched = [...OPEN, message(reopen(2, two)), failed(5)];
  expect(run(switched).did.at(-1)).toEqual(["shut prepare_failed"]);
  expect(run([...switched, prepared(5, two)]).did.at(-1)).toEqual(["open", "acknowledge 5"]);
});

test.each([
  ["not_activated", outcome(1, "open", entry("1", { strategy: "other" })), [one]],
  ["not_activated", outcome(1, "open", entry("1", { active: false })), [one]],
  ["digest_mismatch", outcome(1, "open", two), [one]],
  ["digest_mismatch", outcome(1, "open", entry("1", { params: { n: 2 } })), [one]],
  ["mode_without_orders", outcome(1, "open", entry("1", { mode: "shadow" })), [one]],
  ["mode_without_orders", outcome(1, "open", entry("1", { mode: "lively" as "live" })), [one]],
] as const)("the gate stays shut: %s", (reason, told, held) => {
  expect(run([joined, message(told), prepared(3, ...held)]).state.gate).toEqual({ kind: "shut", reason });
});

test("a session shuts by its own clock, and only comes back as another one", () => {
  const paused = run([...OPEN, wanted({ at: 99 }), wanted({ at: 100 })]);
  expect(paused.did.slice(-2)).toEqual([["admit"], ["shut session_lost", "cancel-orders", "turn-away session_lost"]]);
  expect(run([...OPEN, { kind: "renewed", at: 99, until: 200 }, wanted({ at: 100 })]).did.at(-1)).toEqual(["admit"]);
  expect(run([...OPEN, { kind: "renewed", at: 100, until: 200 }, wanted()]).did.slice(-2)).toEqual([
    ["shut session_lost", "cancel-orders"],
    ["turn-away session_lost"],
  ]);
  expect(run([...OPEN, wanted({ at: Number.NaN })]).did.at(-1)).toContain("turn-away session_lost");
  const lost = run([...OPEN, { kind: "session-lost" }]).state;
  const renewed: readonly GateEvent[] = [
    message(reopen(2, one)),
    prepared(5, one),
    { kind: "renewed", at: 0, until: 300 },
    joined,
  ];
  expect(run([...renewed, wanted()], lost).did).toEqual([[], [], [], [], ["turn-away session_lost"]]);
  const again = run([{ ...joined, session: "p2", floor: 3 }, message(outcome(1, "open", one)), prepared(3, one)], lost);
  expect(again.state.gate).toMatchObject({ kind: "open", revision: 1 });
});

describe("an open gate", () => {
  test.each<[Partial<WantedOrder>, Partial<ActivationEntry>, string]>([
    [{}, {}, "admit"],
    [{ domain: "live" }, {}, "admit"],
    [{ domain: "shadow" }, {}, "turn-away domain_without_orders"],
    [{ domain: "backtest" }, {}, "turn-away domain_without_orders"],
    [{ entry: key(two) }, {}, "turn-away digest_mismatch"],
    [{}, { freeze: true }, "turn-away entry_frozen"],
    [{ position: 2, quantity: -1 }, { freeze: true }, "turn-away entry_frozen"],
    [{}, { drain: true }, "turn-away drain_reduce_only"],
    [{ position: 2, quantity: -1 }, { drain: true }, "admit"],
    [{ position: 2, quantity: -2 }, { drain: true }, "admit"],
    [{ position: 2, quantity: -3 }, { drain: true }, "turn-away drain_reduce_only"],
    [{ position: -2, quantity: 1 }, { drain: true }, "admit"],
    [{ position: -2, quantity: -1 }, { drain: true }, "turn-away drain_reduce_only"],
    [{}, { sides: { long: false, short: true } }, "turn-away side_closed"],
    [{ quantity: -1 }, { sides: { long: false, short: true } }, "admit"],
    [{ quantity: -1 }, { sides: { long: true, short: false } }, "turn-away side_closed"],
    [{ position: 2, quantity: -3 }, { sides: { long: true, short: false } }, "turn-away side_closed"],
    [{ position: 2, quantity: -1 }, { sides: { long: false, short: false } }, "admit"],
    [{ position: -2, quantity: 3 }, { sides: { long: false, short: true } }, "turn-away side_closed"],
    [{ quantity: 0 }, {}, "turn-away malformed_order"],
    [{ quantity: Number.NaN }, {}, "turn-away malformed_order"],
    [{ position: Number.POSITIVE_INFINITY }, {}, "turn-away malformed_order"],
  ])("%j at %j: %s", (order, of, does) => {
    const active = entry("1", of);
    expect(run([joined, message(outcome(1, "open", active)), prepared(3, active), wanted(order)]).did.at(-1)).toEqual([
      does,
    ]);
  });
});

test("whatever arrives in whatever order, a gate is open only on the newest message and only when that lets it", () => {
  const told = fc
    .record({
      epoch: fc.integer({ min: 0, max: 3 }),
      kind: fc.constantFrom("freeze", "reopen", "restore", "open", "frozen"),
      entries: fc.subarray([one, two]),
    })
    .map(({ epoch, kind, entries }): ActivationMessage => {
      if (kind === "freeze") return freeze(epoch, [two], ...entries);
      if (kind === "reopen") return reopen(epoch, ...entries);
      return kind === "restore" ? restore(epoch, ...entries) : outcome(epoch, kind as "open" | "frozen", ...entries);
    });
  const sequence = fc.integer({ min: 0, max: 7 });
  const event = fc.oneof(
    told.map(message),
    fc.tuple(sequence, fc.subarray([one, two])).map(([n, held]) => prepared(n, ...held)),
    fc.tuple(sequence, told).map(([floor, m]) => ({ kind: "snapshot", floor, message: m }) as const),
    sequence.map((n) => ({ kind: "prepare-failed", sequence: n, reason: "x" }) as const),
    fc
      .tuple(fc.constantFrom("p", "q"), sequence)
      .map(([session, floor]) => ({ ...joined, session, floor }) as GateEvent),
    fc.integer({ min: 0, max: 120 }).map((now) => wanted({ at: now })),
    fc.constant<GateEvent>({ kind: "orders-done", count: 1 }),
    fc.constant<GateEvent>({ kind: "session-lost" }),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      let state = newGate("s");
      for (const one of [joined, ...events]) {
        const before = state;
        const { effects, state: next } = stepGate(before, one);
        state = next;
        expect(next.sequence).toBeGreaterThanOrEqual(before.sequence);
        expect(next.inFlight).toBeGreaterThanOrEqual(0);
        if (next.gate.kind === "open") {
          expect(next.session.kind).toBe("joined");
          expect(next.message?.sequence).toBe(next.sequence);
          expect(next.message?.revision).toBe(next.gate.revision);
          expect(["reopen", "outcome"]).toContain(next.message?.kind);
          if (next.message?.kind === "outcome") expect(next.message.gates).toBe("open");
          for (const held of next.gate.entries) expect(next.held).toContain(key(held));
        }
        const opens = effects.some(({ kind }) => kind === "open");
        expect(opens).toBe(next.gate.kind === "open" && before.gate !== next.gate);
        if (before.gate.kind === "open" && next.gate.kind === "shut") expect(effects[0]?.kind).toBe("shut");
        for (const effect of effects) {
          if (effect.kind === "admit") expect(before.gate.kind).toBe("open");
          if (effect.kind !== "acknowledge") continue;
          expect(effect.sequence).toBe(next.sequence);
          expect(next.inFlight).toBe(0);
          expect(Math.floor((next.prepared ?? -1) / 2)).toBe(Math.floor(effect.sequence / 2));
          if (next.message?.kind !== "reopen") expect(next.gate.kind).toBe("shut");
        }
      }
    }),
    { numRuns: 2000 },
  );
});
