import { expect, test } from "vitest";
import { step } from "./apply.ts";
import type { WorldConfig } from "./config.ts";
import { decide } from "./decide.ts";
import { DAY, START, sampleDecision, sampleSubmission, sampleWorld } from "./sample.test.kit.ts";
import { emptyState, type WorldState } from "./state.ts";
import { worldStatus } from "./status.ts";
import { after, submissionRecords } from "./submission.ts";

function world(config: WorldConfig, submitted: readonly string[], selected: readonly string[]): WorldState {
  const state = submitted.reduce<WorldState>(
    (next, strategy) => after(next, submissionRecords(next, sampleSubmission(config, { strategy }), START)),
    emptyState("sample"),
  );
  return after(state, decide(sampleDecision(state, config, { selected })).records);
}

const paper = sampleWorld();
const now = START + DAY;

test("an empty world says what to do first", () => {
  expect(worldStatus({ state: emptyState("sample"), config: paper, now })).toEqual({
    world: "sample",
    revision: 0,
    mode: "paper",
    knowledge: { kind: "following", maxLag: 4 * DAY },
    active: 0,
    trials: 0,
    apply: { kind: "none" },
    configurationChanged: false,
    downgrades: {},
    runners: [],
    edges: [],
    strategies: [],
    next: "Submit a strategy: qmtl submit FILE --world sample.",
  });
});

test("active strategies come first, by rank, with share, score and why", () => {
  const status = worldStatus({ state: world(paper, ["a", "b", "c"], ["c", "a"]), config: paper, now });
  expect(
    status.strategies.map(({ strategy, active, mode, domain, rank, score, share }) => ({
      strategy,
      active,
      mode,
      domain,
      rank,
      score,
      share,
    })),
  ).toEqual([
    { strategy: "c", active: true, mode: "paper", domain: "dryrun", rank: 1, score: 1, share: 0.5 },
    { strategy: "a", active: true, mode: "paper", domain: "dryrun", rank: 2, score: 0.5, share: 0.5 },
    {
      strategy: "b",
      active: false,
      mode: "compute-only",
      domain: "backtest",
      rank: undefined,
      score: undefined,
      share: 0,
    },
  ]);
  expect(status).toMatchObject({
    active: 2,
    trials: 3,
    apply: { kind: "applied" },
    next: "Nothing: the world is as it was decided.",
  });
  expect(status.decided).toMatchObject({ asOf: START, stale: false });
});

test("a decision ages: later the same world is in backtest, and says why", () => {
  const status = worldStatus({ state: world(paper, ["a"], ["a"]), config: paper, now: START + 5 * DAY });
  expect(status.strategies[0]).toMatchObject({
    active: true,
    mode: "compute-only",
    domain: "backtest",
    downgrades: ["stale_decision"],
  });
  expect(status.decided?.stale).toBe(true);
  expect(status.next).toMatch(/submit again on newer data/);
  const pinned = sampleWorld("", "as_of: 2023-12-31");
  expect(
    worldStatus({ state: world(pinned, ["a"], ["a"]), config: pinned, now: START + 9999 * DAY }).decided?.stale,
  ).toBe(false);
});

test("a decision that selected nothing ages as well", () => {
  expect(worldStatus({ state: world(paper, ["a"], []), config: paper, now: START + 5 * DAY }).decided?.stale).toBe(
    true,
  );
});

test("who is active stands before who is better and waits", () => {
  const state = world(paper, ["a", "b"], ["b"]);
  const input = sampleDecision(state, paper, { selected: ["b"] });
  const verdicts = input.outcome.verdicts.map((verdict) => ({ ...verdict, rank: verdict.strategy === "a" ? 1 : 2 }));
  const next = after(state, decide({ ...input, outcome: { ...input.outcome, verdicts } }).records);
  expect(worldStatus({ state: next, config: paper, now }).strategies.map(({ strategy }) => strategy)).toEqual([
    "b",
    "a",
  ]);
});

test("says what a person has to do", () => {
  const manual = sampleWorld("apply: manual\n");
  expect(worldStatus({ state: world(manual, ["a"], ["a"]), config: manual, now })).toMatchObject({
    apply: { kind: "awaiting-approval" },
    next: "Approve the decision: qmtl world approve sample --actor NAME --comment TEXT.",
  });
  const changed = worldStatus({ state: world(paper, ["a"], ["a"]), config: sampleWorld("max_mode: shadow\n"), now });
  expect(changed).toMatchObject({ configurationChanged: true, mode: "shadow" });
  expect(changed.strategies[0]).toMatchObject({ mode: "shadow", downgrades: ["stale_decision"] });
  expect(changed.next).toMatch(/world file has changed/);
});

test("an apply that runs, and one that was rolled back", () => {
  const state = world(paper, ["a"], []);
  const wants = after(
    state,
    decide(sampleDecision(state, sampleWorld("apply: manual\n"), { selected: ["a"] })).records,
  );
  const target = { kind: "proposed", decision: wants.revision, target: [], participants: ["p"] } as const;
  const running = after(wants, step(wants.apply, target, { at: 0, revision: wants.revision }).records);
  expect(worldStatus({ state: running, config: paper, now }).apply).toEqual({ kind: "applying" });
  const aborting = after(
    running,
    step(running.apply, { kind: "failed", reason: "no disk" }, { at: 0, revision: running.revision }).records,
  );
  const ended = after(
    aborting,
    step(aborting.apply, { kind: "timed-out", epoch: 1, phase: "aborting" }, { at: 0, revision: aborting.revision })
      .records,
  );
  expect(worldStatus({ state: ended, config: paper, now }).apply).toEqual({
    kind: "rolled-back",
    reason: "no disk",
    gates: "frozen",
  });
});

test("shows who runs, and the apply that waits for them", () => {
  const session = {
    session: "a.1",
    strategy: "a",
    version: "a".repeat(64),
    domain: "dryrun",
    gate: "open",
    host: { name: "box", pid: 1 },
    gateTtl: 900,
    registered: START,
    seen: START,
  } as const;
  const submitted = after(
    emptyState("sample"),
    submissionRecords(emptyState("sample"), sampleSubmission(paper, { strategy: "a" }), START),
  );
  const input = sampleDecision(submitted, paper, { selected: ["a"], participants: ["a.1"] });
  const state = after(submitted, decide(input).records);
  const statusAt = (now: number) =>
    worldStatus({ state, config: paper, now, sessions: { revision: 1, all: [session] } });
  expect(statusAt(START)).toMatchObject({
    lastApply: { apply: 1, phase: "freezing", waiting: ["a.1"] },
    runners: [{ session: "a.1", lost: false }],
  });
  expect(statusAt(START + DAY).runners).toMatchObject([{ session: "a.1", lost: true }]);
});
