import { describe, expect, test } from "vitest";
import type { PolicyVerdict } from "../policy/policy.ts";
import { NO_ACTIVATION } from "./activation.ts";
import { type ApplyEvent, areGatesFrozen, step } from "./apply.ts";
import type { WorldConfig } from "./config.ts";
import { approve, type Decided, decide } from "./decide.ts";
import { RECORD_FORMAT, type WorldRecord } from "./record.ts";
import { DAY, type SampleSubmission, START, sampleDecision, sampleSubmission, sampleWorld } from "./sample.test.kit.ts";
import { emptyState, type WorldState } from "./state.ts";
import { after, isAccepted, isRejected, submissionRecords } from "./submission.ts";

const paper = sampleWorld();
const live = sampleWorld("max_mode: live\nallow_live: true\n");

function submitted(state: WorldState, config: WorldConfig, ...of: readonly SampleSubmission[]): WorldState {
  return of.reduce((next, one) => after(next, submissionRecords(next, sampleSubmission(config, one), START)), state);
}

function kinds(records: readonly WorldRecord[]): readonly string[] {
  return records.map(({ kind }) => kind);
}

/** `strategy:share:mode`, with `-` in front of what drains. */
function activation({ apply }: WorldState): readonly string[] {
  return apply.activation.entries.map(
    ({ active, drain, strategy, share, mode }) => `${active ? "" : drain ? "-" : "?"}${strategy}:${share}:${mode}`,
  );
}

/** Decides that `selected` are, and gives the decision and the state after it. */
function decided(
  state: WorldState,
  config: WorldConfig,
  selected: readonly string[],
  of: { readonly now?: number; readonly asOf?: number } = {},
): Decided & { readonly state: WorldState } {
  const made = decide(sampleDecision(state, config, { selected, ...of }));
  return { ...made, state: after(state, made.records) };
}

const EMPTY = emptyState("sample");

test("what is selected becomes active in one step, with its share and the world's mode", () => {
  const { records, state, envelope, apply } = decided(
    submitted(EMPTY, paper, { strategy: "a" }, { strategy: "b" }),
    paper,
    ["b", "a"],
  );
  expect(kinds(records)).toEqual(["decision", "freezing", "switched", "completed"]);
  expect(apply).toEqual({ kind: "applied" });
  expect(activation(state)).toEqual(["a:0.5:paper", "b:0.5:paper"]);
  expect(state.apply.activation.revision).toBe(state.revision - 1);
  expect(envelope).toMatchObject({ world: "sample", revision: 6, period: START, asOf: START, ttl: 4 * DAY });
  expect(envelope.selected.map(({ strategy }) => strategy)).toEqual(["b", "a"]);
  expect(envelope.versions.map(({ strategy, reason, share, mode }) => ({ strategy, reason, share, mode }))).toEqual([
    { strategy: "a", reason: "Selected at rank 2 with a score of 0.5", share: 0.5, mode: "paper" },
    { strategy: "b", reason: "Selected at rank 1 with a score of 1", share: 0.5, mode: "paper" },
  ]);
});

test("deciding the same again gives no records, at whatever head", () => {
  const first = decided(submitted(EMPTY, paper, { strategy: "a" }), paper, ["a"]);
  expect(decided(first.state, paper, ["a"]).records).toEqual([]);
  const later = decided(submitted(first.state, paper, { strategy: "b", accepted: false }), paper, ["a"], {
    now: START + 2 * DAY,
  });
  expect(later.records).toEqual([]);
  expect(later.envelope).toEqual(first.envelope);
});

test("what is ranked out is told why and stays in backtest", () => {
  const { envelope, state } = decided(submitted(EMPTY, paper, { strategy: "a" }, { strategy: "b" }), paper, ["a"]);
  expect(envelope.versions[1]).toMatchObject({
    mode: "compute-only",
    share: 0,
    verdict: "excluded",
    reason: "Others score higher",
    downgrades: [],
  });
  expect(activation(state)).toEqual(["a:1:paper"]);
});

test("what leaves the active set drains to flat, and is forgotten by the next switch", () => {
  const one = decided(submitted(EMPTY, paper, { strategy: "a" }, { strategy: "b" }, { strategy: "c" }), paper, ["a"]);
  const two = decided(one.state, paper, ["b"]);
  expect(activation(two.state)).toEqual(["-a:0:paper", "b:1:paper"]);
  expect(two.state.apply.activation.entries[0]).toMatchObject({
    sides: { long: false, short: false },
    onDeactivate: "flatten",
  });
  expect(activation(decided(two.state, paper, ["c"]).state)).toEqual(["-b:0:paper", "c:1:paper"]);
});

describe("an apply switches", () => {
  const one = decided(submitted(EMPTY, paper, { strategy: "a" }), paper, ["a"]);
  const input = sampleDecision(one.state, paper, { selected: ["a"] });

  test("to new params", () => {
    const next = decided(submitted(one.state, paper, { strategy: "a", params: { fast: 3 } }), paper, ["a"]);
    expect(next.state.apply.activation.entries.map(({ active, drain, params }) => ({ active, drain, params }))).toEqual(
      expect.arrayContaining([
        { active: true, drain: false, params: { fast: 3 } },
        { active: false, drain: true, params: {} },
      ]),
    );
  });

  test("to new code", () => {
    const next = decided(submitted(one.state, paper, { strategy: "a", code: "2" }), paper, ["a"]);
    expect(kinds(next.records)).toContain("switched");
  });

  test("to a new share", () => {
    const next = decide({ ...input, allocation: [{ strategy: "a", share: 0.25 }] });
    expect(activation(after(one.state, next.records))).toEqual(["a:0.25:paper"]);
  });

  test("to a new mode", () => {
    const shadow = sampleWorld("max_mode: shadow\n");
    expect(activation(decided(one.state, shadow, ["a"]).state)).toEqual(["a:1:shadow"]);
  });
});

test("a share for what is not selected is not given", () => {
  const state = submitted(EMPTY, paper, { strategy: "a" });
  const { envelope } = decide({
    ...sampleDecision(state, paper, { selected: [] }),
    allocation: [{ strategy: "a", share: 0.5 }],
  });
  expect(envelope.versions[0]?.share).toBe(0);
});

test("a rejected version stands in the decision beside the one that goes on, even with the same code", () => {
  const state = submitted(EMPTY, paper, { strategy: "a" }, { strategy: "a", params: { fast: 3 }, accepted: false });
  const input = sampleDecision(state, paper, { selected: ["a"] });
  const [selected] = input.outcome.verdicts;
  const { version, evalKey } = sampleSubmission(paper, { strategy: "a", params: { fast: 3 } }).evaluation;
  const exclusion = { stage: "gates", rule: "sharpe", reason: "Its sharpe is too low" } as const;
  const rejected: PolicyVerdict = {
    strategy: "a",
    version,
    verdict: "excluded",
    exclusions: [exclusion],
    notes: [],
    gates: [],
  };
  const verdicts = [rejected, ...(selected === undefined ? [] : [selected])];
  const { envelope, records } = decide({
    ...input,
    outcome: { ...input.outcome, verdicts },
    evalKeys: [evalKey, ...input.evalKeys],
  });
  expect(envelope.versions.map(({ reason, params }) => ({ reason, params }))).toEqual([
    { reason: "Its sharpe is too low", params: { fast: 3 } },
    { reason: "Selected at rank 1 with a score of 1", params: {} },
  ]);
  expect(after(state, records).apply.activation.entries.map(({ params }) => params)).toEqual([{}]);
});

test("newer evidence on the same version is a new decision without a switch", () => {
  const one = decided(submitted(EMPTY, paper, { strategy: "a" }), paper, ["a"]);
  const next = submitted(one.state, paper, { strategy: "a", dataset: { end: START + DAY } });
  expect(kinds(decided(next, paper, ["a"]).records)).toEqual(["decision"]);
});

describe("downgrades are named and counted", () => {
  test.each<[name: string, submission: Partial<SampleSubmission>, of: { readonly now?: number }, reason: string]>([
    ["an object in memory", { identity: "process" }, {}, "digest_mismatch"],
    ["declared returns", { evidence: "declared" }, {}, "evidence_inconclusive"],
    ["old data", {}, { now: START + 5 * DAY }, "stale_decision"],
  ])("%s stays in backtest", (_, submission, of, reason) => {
    const { envelope, state } = decided(submitted(EMPTY, paper, { strategy: "a", ...submission }), paper, ["a"], of);
    expect(envelope.versions[0]).toMatchObject({ mode: "compute-only", downgrades: [reason] });
    expect([...state.downgrades]).toEqual([[reason, 1]]);
  });

  test("without a commit to replay", () => {
    const { trial, evaluation, ...rest } = sampleSubmission(paper, { strategy: "a" });
    const { asOf: _, commit: __, ...dataset } = evaluation.dataset;
    const state = after(
      EMPTY,
      submissionRecords(
        EMPTY,
        { ...rest, trial: { ...trial, dataset }, evaluation: { ...evaluation, dataset } },
        START,
      ),
    );
    expect(decided(state, paper, ["a"]).envelope.versions[0]).toMatchObject({
      mode: "compute-only",
      downgrades: ["missing_as_of"],
    });
  });

  test("inconclusive evidence names itself where the world would have given more", () => {
    const state = submitted(EMPTY, paper, { strategy: "a" });
    const { version } = sampleSubmission(paper, { strategy: "a" }).evaluation;
    const thin: PolicyVerdict = {
      strategy: "a",
      version,
      verdict: "inconclusive",
      exclusions: [{ stage: "evidence", rule: "min_periods", reason: "Too few periods" }],
      notes: [],
      gates: [],
    };
    const said = decide(sampleDecision(state, paper, { selected: [], verdicts: [thin] }));
    expect(said.envelope.versions[0]).toMatchObject({
      mode: "compute-only",
      downgrades: ["evidence_inconclusive"],
      reason: "Too few periods",
    });
  });

  test("live without allow_live is paper", () => {
    const config = sampleWorld("max_mode: live\n");
    expect(decided(submitted(EMPTY, config, { strategy: "a" }), config, ["a"]).envelope.versions[0]).toMatchObject({
      mode: "paper",
      downgrades: ["live_not_allowed"],
    });
  });

  test("a pinned world gives compute-only, and its decisions do not age", () => {
    const config = sampleWorld("", "as_of: 2023-12-31");
    const { envelope, state } = decided(submitted(EMPTY, config, { strategy: "a" }), config, ["a"], {
      now: START + 9999 * DAY,
    });
    expect(envelope.ttl).toBeUndefined();
    expect(envelope.versions[0]).toMatchObject({ mode: "compute-only", downgrades: [] });
    expect(activation(state)).toEqual(["a:1:compute-only"]);
  });
});

test("a hint is recorded with the version and changes nothing", () => {
  const hinted = decided(submitted(EMPTY, paper, { strategy: "a", requested: "live" }), paper, ["a"]);
  const plain = decided(submitted(EMPTY, paper, { strategy: "a" }), paper, ["a"]);
  expect(hinted.envelope.versions[0]?.requested).toBe("live");
  expect(activation(hinted.state)).toEqual(activation(plain.state));
});

describe("approval", () => {
  test("a manual world waits for a person, once per decision", () => {
    const config = sampleWorld("apply: manual\n");
    const waiting = decided(submitted(EMPTY, config, { strategy: "a" }), config, ["a"]);
    expect(kinds(waiting.records)).toEqual(["decision"]);
    expect(waiting.apply).toEqual({ kind: "awaiting-approval" });
    const approved = approve({
      state: waiting.state,
      config,
      actor: "kim",
      comment: "looks fine",
      now: START,
      participants: [],
    });
    expect(kinds(approved.records)).toEqual(["approved", "freezing", "switched", "completed"]);
    const state = after(waiting.state, approved.records);
    expect(activation(state)).toEqual(["a:1:paper"]);
    expect(state.decision?.approvedBy).toBe("kim");
    expect(() => approve({ state, config, actor: "kim", comment: "ok", now: START, participants: [] })).toThrowError(
      expect.objectContaining({ code: "world.nothing-to-approve" }),
    );
    expect(() =>
      approve({ state: EMPTY, config, actor: "kim", comment: "ok", now: START, participants: [] }),
    ).toThrowError(expect.objectContaining({ code: "world.no-decision" }));
  });

  test("a decision that is old, from the future or of another configuration can't be approved", () => {
    const config = sampleWorld("apply: manual\n");
    const { state } = decided(submitted(EMPTY, config, { strategy: "a" }), config, ["a"]);
    const stale = expect.objectContaining({ code: "world.stale-decision" });
    for (const now of [START + 5 * DAY, START - 1, Number.NaN])
      expect(() => approve({ state, config, actor: "kim", comment: "ok", now, participants: [] })).toThrowError(stale);
    const changed = sampleWorld("apply: manual\nmax_mode: shadow\n");
    expect(() =>
      approve({ state, config: changed, actor: "kim", comment: "ok", now: START, participants: [] }),
    ).toThrowError(stale);
    expect(() =>
      approve({ state, config, actor: "kim", comment: "ok", now: START + 4 * DAY, participants: [] }),
    ).not.toThrow();
  });

  test("what is selected in a live world comes to paper like everywhere", () => {
    const { envelope, apply, state } = decided(submitted(EMPTY, live, { strategy: "a" }), live, ["a"]);
    expect(apply).toEqual({ kind: "applied" });
    expect(envelope.versions[0]).toMatchObject({ mode: "paper", stage: "paper", downgrades: [] });
    expect(activation(state)).toEqual(["a:1:paper"]);
  });
});

test("a cached value of another context stops every apply until its strategy is evaluated anew", () => {
  const both = submitted(EMPTY, paper, { strategy: "a" }, { strategy: "b" });
  const hit = after(both, [
    {
      kind: "downgrade",
      format: RECORD_FORMAT,
      at: START,
      strategy: "b",
      version: sampleSubmission(paper, { strategy: "b" }).evaluation.version,
      reasons: ["cross_context_hit"],
      mode: "compute-only",
    },
  ]);
  const refused = decided(hit, paper, ["a"]);
  expect(kinds(refused.records)).toEqual(["decision"]);
  expect(refused.apply).toEqual({ kind: "refused", reason: "cross_context_hit" });
  expect(refused.state.apply.activation).toEqual(NO_ACTIVATION);
  expect(decided(hit, paper, ["b"]).envelope.versions[1]).toMatchObject({
    mode: "compute-only",
    downgrades: ["cross_context_hit"],
    stage: "backtest",
  });
  const anew = submitted(refused.state, paper, { strategy: "b", code: "2" });
  expect(kinds(decided(anew, paper, ["a"]).records)).toContain("switched");
});

test("while an apply runs a decision is recorded and has its turn afterwards", () => {
  const state = submitted(EMPTY, paper, { strategy: "a" });
  const freezing = step(
    state.apply,
    { kind: "proposed", decision: 1, target: [], participants: ["p"] },
    { at: 0, revision: state.revision },
  );
  const busy = after(state, freezing.records);
  const waiting = decided(busy, paper, ["a"]);
  expect(kinds(waiting.records)).toEqual(["decision"]);
  expect(waiting.apply).toEqual({ kind: "applying" });
  const ended = step(
    waiting.state.apply,
    { kind: "acknowledged", participant: "p", sequence: 2 },
    { at: 0, revision: waiting.state.revision },
  );
  const done = after(waiting.state, ended.records);
  const released = after(
    done,
    step(done.apply, { kind: "acknowledged", participant: "p", sequence: 3 }, { at: 0, revision: done.revision })
      .records,
  );
  expect(kinds(decided(released, paper, ["a"]).records)).toEqual(["freezing", "switched", "completed"]);
});

test("gates that a rollback left shut open again through an apply of the old head", () => {
  const one = decided(submitted(EMPTY, paper, { strategy: "a" }, { strategy: "b" }), paper, ["a"]);
  const begun = decide(sampleDecision(one.state, paper, { selected: ["b"], participants: ["p"] }));
  expect(kinds(begun.records)).toEqual(["decision", "freezing"]);
  const taken = (state: WorldState, event: ApplyEvent): WorldState =>
    after(state, step(state.apply, event, { at: 0, revision: state.revision }).records);
  const failing = taken(after(one.state, begun.records), { kind: "failed", reason: "x" });
  const frozen = taken(failing, { kind: "timed-out", epoch: 2, phase: "aborting" });
  expect(areGatesFrozen(frozen.apply)).toBe(true);
  expect(frozen.apply.activation).toEqual(one.state.apply.activation);

  const again = decided(frozen, paper, ["a"]);
  expect(kinds(again.records)).toEqual(["decision", "freezing", "switched", "completed"]);
  expect(again.apply).toEqual({ kind: "applied" });
  expect(areGatesFrozen(again.state.apply)).toBe(false);
  expect(activation(again.state)).toEqual(["a:1:paper"]);
  expect(decided(again.state, paper, ["a"]).records).toEqual([]);
});

test("a verdict on what the journal does not know is refused", () => {
  const state = submitted(EMPTY, paper, { strategy: "a" });
  const input = sampleDecision(state, paper, { selected: ["a"] });
  expect(() => decide({ ...input, evalKeys: ["0".repeat(64)] })).toThrowError(
    expect.objectContaining({ code: "world.unknown-evaluation" }),
  );
  expect(state.apply.activation).toEqual(NO_ACTIVATION);
});

describe("which version competes", () => {
  const state = submitted(EMPTY, paper, { strategy: "a" });
  const verdict = (
    kind: PolicyVerdict["verdict"],
    ...stages: readonly PolicyVerdict["exclusions"][number]["stage"][]
  ) => ({
    verdict: kind,
    exclusions: stages.map((stage) => ({ stage, rule: "r", reason: "because" })),
  });
  const candidate = sampleSubmission(paper, { strategy: "a", dataset: { end: START + DAY } }).evaluation;
  const other = sampleSubmission(paper, { strategy: "a", code: "2" }).evaluation;
  const first = sampleSubmission(paper, { strategy: "b" }).evaluation;

  test.each([
    ["selected", verdict("selected"), true, true],
    ["ranked out", verdict("excluded", "top-k"), true, true],
    ["waiting", verdict("excluded", "hysteresis"), true, true],
    ["failed a gate", verdict("excluded", "gates"), false, false],
    ["declared", verdict("excluded", "evidence"), false, false],
    ["stale", verdict("excluded", "data-currency"), false, false],
    ["without a score", verdict("excluded", "score"), false, false],
    ["inconclusive", verdict("inconclusive", "evidence"), false, true],
  ])("%s", (_, judged, replaces, begins) => {
    expect(isAccepted(state, other, judged)).toBe(replaces);
    expect(isAccepted(state, first, judged)).toBe(begins);
    expect(isAccepted(state, candidate, judged)).toBe(true);
    expect(isRejected(judged)).toBe(!begins);
  });

  test("other params are another version", () => {
    const evaluation = sampleSubmission(paper, { strategy: "a", params: { fast: 2 } }).evaluation;
    expect(isAccepted(state, evaluation, verdict("excluded", "gates"))).toBe(false);
  });
});
