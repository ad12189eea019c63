import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { activeEntry } from "./activation.ts";
import {
  type ApplyEvent,
  type ApplyState,
  applyByRun,
  awaitedWords,
  evolve,
  messageOf,
  NO_APPLY,
  pendingEffects,
  type RunningKind,
  step,
} from "./apply.ts";

const target = (name: string) => [
  activeEntry({ strategy: name, version: "0".repeat(64), params: {}, share: 1, mode: "paper" }),
];
const proposed = (name: string, ...participants: string[]): ApplyEvent => ({
  kind: "proposed",
  decision: 1,
  target: target(name),
  participants,
});
const acknowledged = (participant: string, sequence: number): ApplyEvent => ({
  kind: "acknowledged",
  participant,
  sequence,
});
const timedOut = (epoch: number, phase: RunningKind): ApplyEvent => ({ kind: "timed-out", epoch, phase });
const RUNNING: readonly RunningKind[] = ["freezing", "switched", "aborting"];

/** The state after events, and the kinds of all records. */
function run(...events: readonly ApplyEvent[]): { readonly state: ApplyState; readonly kinds: readonly string[] } {
  let state = NO_APPLY;
  const kinds: string[] = [];
  for (const event of events) {
    const taken = step(state, event, { at: 0, revision: kinds.length });
    kinds.push(...taken.records.map(({ kind }) => kind));
    state = taken.state;
  }
  return { state, kinds };
}

test("with nobody to ask, an apply is one step", () => {
  const { state, kinds } = run(proposed("a"));
  expect(kinds).toEqual(["freezing", "switched", "completed"]);
  expect(state).toEqual({
    phase: { kind: "idle", epoch: 1, outcome: { kind: "completed", missing: [] } },
    activation: { revision: 2, entries: target("a") },
    ended: [],
  });
  expect(run(proposed("a"), proposed("b")).state.phase).toMatchObject({ epoch: 2 });
});

describe("with participants", () => {
  test("nothing switches before everybody has shut", () => {
    const { state, kinds } = run(proposed("a", "p", "q"), acknowledged("p", 2), acknowledged("p", 2));
    expect(kinds).toEqual(["freezing", "acknowledged"]);
    expect(state.activation.entries).toEqual([]);
    const freeze = { kind: "freeze", epoch: 1, sequence: 2, revision: 0, entries: [], target: target("a") };
    expect(pendingEffects(state)).toEqual([{ participant: "q", message: freeze }]);
    const switched = run(proposed("a", "p", "q"), acknowledged("p", 2), acknowledged("q", 2));
    expect(switched.kinds).toEqual(["freezing", "acknowledged", "acknowledged", "switched"]);
    expect(switched.state.activation.entries).toEqual(target("a"));
    expect(awaitedWords(switched.state)).toEqual(["p", "q"]);
    expect(messageOf(switched.state)).toEqual({
      kind: "reopen",
      epoch: 1,
      sequence: 3,
      revision: 4,
      entries: target("a"),
    });
  });

  test("a refusal or a timeout before the switch rolls back, and gates reopen only when everybody confirmed", () => {
    const refused = run(
      proposed("a", "p", "q"),
      { kind: "refused", participant: "q", sequence: 2, reason: "no warm-up" },
      acknowledged("p", 3),
      acknowledged("q", 3),
    );
    expect(refused.state.phase).toEqual({
      kind: "idle",
      epoch: 1,
      outcome: { kind: "rolled-back", reason: "q refused: no warm-up", gates: "reopened", missing: [] },
    });
    expect(refused.state.activation.entries).toEqual([]);
    const late = run(
      proposed("a", "p", "q"),
      acknowledged("p", 2),
      timedOut(1, "freezing"),
      acknowledged("p", 3),
      timedOut(1, "aborting"),
    );
    expect(late.state.phase).toMatchObject({
      outcome: { reason: "q did not shut in time", gates: "frozen", missing: ["q"] },
    });
    const lost = run(
      proposed("a", "p", "q"),
      timedOut(1, "freezing"),
      { kind: "lost", participant: "q" },
      acknowledged("p", 3),
    );
    expect(lost.state.phase).toMatchObject({ outcome: { gates: "frozen", missing: ["q"] } });
  });

  test("after the switch it only goes forward, without those who stay away", () => {
    const switched = [proposed("a", "p", "q"), acknowledged("p", 2), acknowledged("q", 2)];
    expect(
      run(
        ...switched,
        { kind: "refused", participant: "p", sequence: 2, reason: "late" },
        { kind: "failed", reason: "late" },
      ).state.phase.kind,
    ).toBe("switched");
    expect(run(...switched, acknowledged("p", 3), timedOut(1, "switched")).state.phase).toMatchObject({
      outcome: { kind: "completed", missing: ["q"] },
    });
    expect(run(...switched, acknowledged("p", 3), { kind: "lost", participant: "q" }).state.phase).toMatchObject({
      outcome: { kind: "completed", missing: ["q"] },
    });
  });

  test("a lost session shut by itself, so the others are enough", () => {
    const { state } = run(
      proposed("a", "p", "q"),
      acknowledged("p", 2),
      { kind: "lost", participant: "q" },
      acknowledged("p", 3),
    );
    expect(state.phase).toMatchObject({ outcome: { kind: "completed", missing: ["q"] } });
    expect(state.activation.entries).toEqual(target("a"));
  });

  test("old, unknown and repeated words change nothing", () => {
    const begun = [proposed("a"), proposed("b", "p")];
    for (const event of [
      acknowledged("p", 2),
      acknowledged("p", 3),
      acknowledged("p", 5),
      acknowledged("x", 4),
      { kind: "refused", participant: "p", sequence: 3, reason: "late" },
      { kind: "refused", participant: "x", sequence: 4, reason: "not asked" },
      timedOut(1, "freezing"),
      timedOut(2, "switched"),
    ] as const)
      expect(run(...begun, event).kinds).toEqual(run(...begun).kinds);
    expect(run(...begun, acknowledged("p", 4)).state.phase.kind).toBe("switched");
  });

  test("one apply at a time", () => {
    expect(() => run(proposed("a", "p"), proposed("b"))).toThrowError(
      expect.objectContaining({ code: "world.apply-in-progress" }),
    );
  });
});

describe("a name", () => {
  const named = (run: string, ...participants: string[]): ApplyEvent =>
    ({ ...proposed("a", ...participants), run }) as ApplyEvent;

  test("is used once: proposing it again gives the running or the ended apply", () => {
    const running = run(named("nightly", "p"));
    expect(applyByRun(running.state, "nightly")).toEqual({ run: "nightly", epoch: 1 });
    expect(run(named("nightly", "p"), named("nightly", "p")).kinds).toEqual(["freezing"]);
    const ended = run(named("nightly"), named("weekly"), named("nightly"));
    expect(ended.kinds).toHaveLength(6);
    expect(applyByRun(ended.state, "nightly")).toEqual({
      run: "nightly",
      epoch: 1,
      outcome: { kind: "completed", missing: [] },
    });
    expect(applyByRun(ended.state, "yearly")).toBeUndefined();
  });

  test("is told to whom it is in the way", () => {
    expect(() => run(named("nightly", "p"), named("weekly", "p"))).toThrowError(
      expect.objectContaining({
        code: "world.apply-in-progress",
        message: "Apply 1 (run nightly) of the world is freezing",
      }),
    );
  });
});

describe("an operator", () => {
  const aborted: ApplyEvent = { kind: "aborted", actor: "ops", reason: "wrong version" };

  test("aborts before the switch, by name", () => {
    const { state, kinds } = run(proposed("a", "p"), aborted, aborted, acknowledged("p", 3));
    expect(kinds).toEqual(["freezing", "aborting", "acknowledged", "rolled-back"]);
    expect(state.phase).toMatchObject({ outcome: { reason: "wrong version", gates: "reopened" } });
  });

  test("can't abort what is not running or has switched", () => {
    expect(() => run(aborted)).toThrowError(expect.objectContaining({ code: "world.no-apply" }));
    expect(() => run(proposed("a", "p"), acknowledged("p", 2), aborted)).toThrowError(
      expect.objectContaining({ code: "world.apply-switched" }),
    );
  });
});

test("the message of an end says whether gates may open", () => {
  expect(messageOf(NO_APPLY)).toEqual({
    kind: "outcome",
    epoch: 0,
    sequence: 1,
    revision: 0,
    entries: [],
    gates: "open",
  });
  expect(messageOf(run(proposed("a")).state)).toMatchObject({ gates: "open", sequence: 3, revision: 2 });
  const failed: ApplyEvent = { kind: "failed", reason: "x" };
  expect(messageOf(run(proposed("a", "p"), failed, acknowledged("p", 3)).state)).toMatchObject({
    gates: "open",
    entries: [],
  });
  expect(messageOf(run(proposed("a", "p"), failed).state)).toMatchObject({ kind: "restore", sequence: 3 });
  const frozen = run(proposed("a", "p"), failed, timedOut(1, "aborting")).state;
  expect(messageOf(frozen)).toMatchObject({ kind: "outcome", gates: "frozen" });
});

test("every reachable state of two applies with two participants is safe, and each can still end", () => {
  const names = ["p", "q"];
  const eventsOf = (state: ApplyState): ApplyEvent[] => {
    const events: ApplyEvent[] = [{ kind: "failed", reason: "x" }];
    if (state.phase.kind === "idle" && state.phase.epoch < 2) events.push(proposed(`s${state.phase.epoch}`, ...names));
    for (const epoch of [1, 2]) for (const phase of RUNNING) events.push(timedOut(epoch, phase));
    for (const participant of names) {
      events.push({ kind: "lost", participant });
      for (let sequence = 1; sequence <= 6; sequence++)
        events.push(acknowledged(participant, sequence), { kind: "refused", participant, sequence, reason: "x" });
    }
    return events;
  };
  const keyOf = (state: ApplyState) => JSON.stringify({ ...state, activation: state.activation.entries });
  const seen = new Map([[keyOf(NO_APPLY), NO_APPLY]]);
  const before = new Map<string, Set<string>>();
  const queue: ApplyState[] = [NO_APPLY];
  for (let state = queue.shift(); state !== undefined; state = queue.shift()) {
    for (const event of eventsOf(state)) {
      const taken = step(state, event, { at: 0, revision: 0 });
      // What is recorded and what is replayed are the same.
      const replayed = taken.records.reduce((folded, record, i) => evolve(folded, record, i + 1), state);
      expect(keyOf(replayed)).toBe(keyOf(taken.state));
      const switches = taken.records.some(({ kind }) => kind === "switched");
      const { phase } = state;
      if (keyOf(taken.state) !== keyOf(state)) expect(taken.records.length).toBeGreaterThan(0);
      if (JSON.stringify(state.activation.entries) !== JSON.stringify(taken.state.activation.entries))
        expect(switches).toBe(true);
      if (switches) {
        expect(phase.kind).toBe("freezing");
        if (phase.kind === "freezing") {
          const word = event.kind === "acknowledged" || event.kind === "lost" ? [event.participant] : [];
          for (const name of phase.required) expect([...phase.acknowledged, ...word]).toContain(name);
        }
      }
      if (phase.kind === "switched" || phase.kind === "aborting") expect(switches).toBe(false);
      const ended = taken.records.find(({ kind }) => kind === "rolled-back");
      if (ended?.kind === "rolled-back" && ended.gates === "reopened") {
        expect(ended.missing).toEqual([]);
        expect(taken.state.activation).toEqual(state.activation);
      }
      const key = keyOf(taken.state);
      if (!before.has(key)) before.set(key, new Set());
      before.get(key)?.add(keyOf(state));
      if (!seen.has(key)) {
        seen.set(key, taken.state);
        queue.push(taken.state);
      }
    }
  }
  const ends = [...seen].filter(([, { phase }]) => phase.kind === "idle").map(([key]) => key);
  const canEnd = new Set(ends);
  for (const key of canEnd) for (const earlier of before.get(key) ?? []) canEnd.add(earlier);
  expect(canEnd.size).toBe(seen.size);
  expect(seen.size).toBeGreaterThan(100);
});

test("after a crash at any record the fold gives the same state, and what is still to be sent", () => {
  const event = fc.oneof(
    fc.record({
      kind: fc.constant("acknowledged" as const),
      participant: fc.constantFrom("p", "q"),
      sequence: fc.integer({ min: 1, max: 8 }),
    }),
    fc.record({
      kind: fc.constant("refused" as const),
      participant: fc.constantFrom("p", "q"),
      sequence: fc.integer({ min: 1, max: 8 }),
      reason: fc.constant("x"),
    }),
    fc.record({ kind: fc.constant("lost" as const), participant: fc.constantFrom("p", "q") }),
    fc.record({
      kind: fc.constant("timed-out" as const),
      epoch: fc.integer({ min: 1, max: 4 }),
      phase: fc.constantFrom(...RUNNING),
    }),
    fc.subarray(["p", "q"]).map((participants) => proposed("a", ...participants)),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 25 }), (events) => {
      let state = NO_APPLY;
      let folded = NO_APPLY;
      let revision = 0;
      for (const one of events) {
        if (one.kind === "proposed" && state.phase.kind !== "idle") continue;
        const taken = step(state, one, { at: 0, revision });
        state = taken.state;
        for (const record of taken.records) folded = evolve(folded, record, ++revision);
        expect(folded).toEqual(state);
        for (const effect of taken.effects) expect(pendingEffects(folded)).toContainEqual(effect);
      }
    }),
  );
});

test("a record that can't follow is refused with both", () => {
  const record = { kind: "switched", format: 2, at: 0, epoch: 3 } as const;
  expect(() => evolve(NO_APPLY, record, 9)).toThrowError(
    "Record 9 (switched, apply 3) can't follow apply 0, which is idle",
  );
  const { state } = run(proposed("a", "p"));
  const begun = run(proposed("a", "p", "q"), acknowledged("p", 2)).state;
  const word = { format: record.format, at: 0, epoch: 1, participant: "p" } as const;
  for (const [from, impossible] of [
    [state, { ...record, epoch: 1 }],
    [begun, { kind: "acknowledged", ...word, sequence: 2 }],
    [begun, { kind: "acknowledged", ...word, participant: "q", sequence: 3 }],
    [begun, { kind: "left", ...word, participant: "x" }],
  ] as const)
    expect(() => evolve(from, impossible, 9)).toThrowError(expect.objectContaining({ code: "world.corrupt-journal" }));
});
