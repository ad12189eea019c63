import { describe, expect, test } from "vitest";
import { audit } from "./audit.ts";
import { stagesOf } from "./campaign/plan-tick.ts";
import type { WorldConfig } from "./config.ts";
import { decide } from "./decide.ts";
import { readRecord, writeRecord } from "./record-schema.ts";
import { type RulingInput, ruleOn } from "./ruling.ts";
import { DAY, START, sampleDecision, sampleRealised, sampleSubmission, sampleWorld } from "./sample.test.kit.ts";
import { emptyState, type WorldState } from "./state.ts";
import { worldStatus } from "./status.ts";
import { after, submissionRecords } from "./submission.ts";

const RETURNS = [0.01, 0.012, 0.008, 0.011, 0.009];
const LAST = START + 5 * DAY;
const world = (extra = ""): WorldConfig =>
  sampleWorld(
    `max_mode: live\nallow_live: true\ncampaign:\n  paper: { window: 10, min_samples: 5 }\n  live: { window: 10, min_samples: 5, slots: 1 }\n  cooldown: 2d\n${extra}`,
  );
const config = world();

const tick = (state: WorldState, under: WorldConfig, at: number): WorldState =>
  after(state, decide(sampleDecision(state, under, { selected: ["a", "b"], period: at, asOf: at, now: at })).records);

/** Both strategies are candidates for live. */
function candidates(under = config): WorldState {
  let state = emptyState("sample");
  for (const strategy of ["a", "b"])
    state = after(state, submissionRecords(state, sampleSubmission(under, { strategy }), START));
  state = tick(state, under, START);
  for (const strategy of ["a", "b"])
    state = after(state, sampleRealised(under, { strategy, returns: RETURNS, from: START + DAY }));
  return tick(state, under, LAST);
}

const rule = (state: WorldState, of: Partial<RulingInput> = {}) =>
  ruleOn({
    state,
    config,
    strategy: "a",
    verdict: "approved",
    actor: "kim",
    comment: "three good weeks",
    now: LAST,
    participants: [],
    ...of,
  });

const code = (name: string) => expect.objectContaining({ code: `world.${name}` });

test("an approval is recorded with its decision and its apply, and can be read again", () => {
  const { records, apply } = rule(candidates());
  expect(records.map(({ kind }) => kind)).toEqual(["ruled", "decision", "freezing", "switched", "completed"]);
  expect(records[0]).toMatchObject({
    strategy: "a",
    verdict: "approved",
    share: 0.5,
    actor: "kim",
    comment: "three good weeks",
  });
  expect(apply).toEqual({ kind: "applied" });
  const entries = records.map((record, i) => ({ revision: i + 1, record }));
  expect(
    entries.map(({ revision, record }) => readRecord("sample", { revision, body: writeRecord("sample", record) })),
  ).toEqual(entries);
  expect(audit(entries)[0]?.says).toMatch(/^kim approved a@\w{12} for live: three good weeks$/);
});

test("the status asks for a person's word, and shows it", () => {
  const state = candidates();
  const waits = worldStatus({ state, config, now: LAST });
  expect(waits.next).toBe("Let a go live or not: qmtl world approve (or reject) sample a --actor NAME --comment TEXT.");
  expect(waits.strategies[0]).toMatchObject({
    strategy: "a",
    domain: "dryrun",
    stage: { at: "candidate", hold: "approval" },
  });
  const live = after(state, rule(state).records);
  expect(worldStatus({ state: live, config, now: LAST }).strategies[0]).toMatchObject({
    domain: "live",
    stage: { at: "live", reason: "kim let it go live" },
  });
});

describe("rejecting", () => {
  test("takes a candidate back to paper, cooling down, and not again in the same period", () => {
    const state = candidates();
    const rejected = after(state, rule(state, { verdict: "rejected", comment: "too new" }).records);
    expect(stagesOf(rejected)["a"]).toMatchObject({
      stage: "paper",
      until: LAST + 2 * DAY,
      reason: "kim rejected it for live: too new",
    });
    expect(stagesOf(tick(rejected, config, LAST))["a"]?.stage).toBe("paper");
    expect(stagesOf(tick(rejected, config, LAST + DAY))["a"]).toMatchObject({ stage: "paper", hold: "cooldown" });
    expect(stagesOf(tick(rejected, config, LAST + 2 * DAY))["a"]?.stage).toBe("candidate");
    expect(() => rule(rejected, { verdict: "rejected" })).toThrowError(code("nothing-to-reject"));
  });

  test("takes a live one off live at once", () => {
    const state = candidates();
    const live = after(state, rule(state).records);
    const { records } = rule(live, { verdict: "rejected" });
    expect(after(live, records).apply.activation.entries.map(({ strategy, mode }) => `${strategy}:${mode}`)).toEqual([
      "a:paper",
      "b:paper",
    ]);
  });
});

describe("is refused", () => {
  test("where there is nothing to rule on", () => {
    expect(() => rule(emptyState("sample"))).toThrowError(code("no-decision"));
    expect(() => rule(candidates(), { strategy: "c" })).toThrowError(code("nothing-to-approve"));
    const early = tick(
      after(
        emptyState("sample"),
        submissionRecords(emptyState("sample"), sampleSubmission(config, { strategy: "a" }), START),
      ),
      config,
      START,
    );
    expect(() => rule(early, { now: START })).toThrowError(code("nothing-to-approve"));
    expect(() => rule(early, { now: START, verdict: "rejected" })).toThrowError(code("nothing-to-reject"));
  });

  test("when all places for live are taken", () => {
    const state = candidates();
    const one = after(state, rule(state).records);
    expect(() => rule(one, { strategy: "b" })).toThrowError(code("no-slot"));
  });

  test("on a decision that is old, or of another configuration", () => {
    expect(() => rule(candidates(), { now: LAST + 5 * DAY })).toThrowError(code("stale-decision"));
    expect(() => rule(candidates(), { config: world("  promote_after: 2\n") })).toThrowError(code("stale-decision"));
  });

  test("when the evidence no longer speaks for it", () => {
    const state = candidates();
    const worse = after(state, sampleRealised(config, { strategy: "a", returns: [-0.048], from: LAST + DAY }));
    const weak = tick(worse, config, LAST + DAY);
    expect(stagesOf(weak)["a"]).toMatchObject({ stage: "candidate" });
    if (stagesOf(weak)["a"]?.verdict === "pass") throw new Error("make it worse: this proves nothing");
    expect(() => rule(weak, { now: LAST + DAY })).toThrowError(code("nothing-to-approve"));
  });
});
