import { expect, test } from "vitest";
import { decide } from "../world/decide.ts";
import type { JournalEntry } from "../world/record.ts";
import { START, sampleDecision, sampleSubmission, sampleWorld } from "../world/sample.test.kit.ts";
import { emptyState, fold, type WorldState } from "../world/state.ts";
import { after, submissionRecords } from "../world/submission.ts";
import { type ControlEvent, eventOf, snapshotOf } from "./event.ts";

const config = sampleWorld();

function journalOf(strategies: readonly string[]): readonly JournalEntry[] {
  let state: WorldState = emptyState("sample");
  const entries: JournalEntry[] = [];
  for (const strategy of strategies) {
    const submitted = submissionRecords(state, sampleSubmission(config, { strategy }), START);
    const next = after(state, submitted);
    const { records } = decide(sampleDecision(next, config, { selected: [strategy] }));
    entries.push(...[...submitted, ...records].map((record, i) => ({ revision: state.revision + 1 + i, record })));
    state = fold(emptyState("sample"), entries);
  }
  return entries;
}

function eventsOf(entries: readonly JournalEntry[]): readonly ControlEvent[] {
  let state = emptyState("sample");
  return entries.map((entry) => {
    state = fold(state, [entry]);
    return eventOf(state, entry);
  });
}

test("every record is one event, named by world and revision, with a schema version of its own", () => {
  const events = eventsOf(journalOf(["a", "b"]));
  expect(events.map(({ type }) => type)).toEqual([
    "trial_counted",
    "version_evaluated",
    "candidate_accepted",
    "world_decided",
    "apply_began",
    "activation_updated",
    "apply_completed",
    "trial_counted",
    "version_evaluated",
    "candidate_accepted",
    "world_decided",
    "apply_began",
    "activation_updated",
    "apply_completed",
  ]);
  expect(events.map(({ revision }) => revision)).toEqual(events.map((_, i) => i + 1));
  for (const { world, schemaVersion } of events)
    expect({ world, schemaVersion }).toEqual({ world: "sample", schemaVersion: 1 });
});

test("an activation is told whole, with its sequence, and says nothing of formats", () => {
  const switched = eventsOf(journalOf(["a", "b"])).filter(({ type }) => type === "activation_updated");
  expect(switched.map(({ data }) => data)).toEqual([
    {
      epoch: 1,
      message: expect.objectContaining({
        kind: "reopen",
        sequence: 3,
        revision: 6,
        entries: [expect.objectContaining({ strategy: "a" })],
      }),
    },
    {
      epoch: 2,
      message: expect.objectContaining({
        sequence: 5,
        entries: [expect.objectContaining({ strategy: "a", drain: true }), expect.objectContaining({ strategy: "b" })],
      }),
    },
  ]);
});

test("a snapshot is the world as of its floor", () => {
  const state = fold(emptyState("sample"), journalOf(["a"]));
  expect(snapshotOf(state)).toEqual({
    world: "sample",
    revision: 7,
    message: expect.objectContaining({ kind: "outcome", gates: "open", sequence: 3 }),
    decision: state.decision,
    edges: [],
  });
});
