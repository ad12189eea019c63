import { expect, test } from "vitest";
import { activeEntry } from "../../world/activation.ts";
import { decide } from "../../world/decide.ts";
import type { Gate } from "../../world/gate.ts";
import { DAY, START, sampleDecision, sampleSubmission, sampleWorld } from "../../world/sample.test.kit.ts";
import { emptyState } from "../../world/state.ts";
import { after, submissionRecords } from "../../world/submission.ts";
import { HOLD_REASONS, keyOf, SHUT, standingOf, termsOf } from "./standing.ts";

const held = { strategy: "s", version: "a".repeat(64), params: {} };
const entry = { ...activeEntry({ ...held, share: 0.5, mode: "paper" }), scale: 0.5 };
const key = keyOf(held);
const open = (change: Partial<typeof entry> = {}): Gate => ({
  kind: "open",
  revision: 3,
  entries: [{ ...entry, ...change }],
});
const dryrun = { domain: "dryrun" } as const;

test("an open gate lets share x scale through, on the sides that are open", () => {
  const sides = { long: true, short: false };
  expect(termsOf({ gate: open({ sides }), standing: dryrun, key, late: false })).toEqual({
    gate: "open",
    terms: { part: 0.25, admits: "all", sides, flatten: false },
  });
});

test.each<[reason: keyof typeof HOLD_REASONS, Partial<Parameters<typeof termsOf>[0]>]>([
  ["apply_running", { gate: { kind: "shut", reason: "apply_running" } }],
  ["digest_mismatch", { key: "another" }],
  ["no_live_broker", { standing: { domain: "live" } }],
  ["domain_without_orders", { standing: { domain: "shadow" } }],
  ["domain_without_orders", { standing: { domain: "backtest" } }],
  ["late_bar", { late: true }],
  ["entry_frozen", { gate: open({ freeze: true }) }],
])("%s lets nothing through", (reason, change) => {
  const given = termsOf({ gate: open(), standing: dryrun, key, late: false, ...change });
  expect(given).toEqual({ gate: reason, terms: SHUT });
  expect(HOLD_REASONS[reason]).toMatch(/^[A-Z]/);
});

test("what is active trades on while a decision about a newer version of it waits for a person", () => {
  const config = sampleWorld("apply: manual\n");
  const decided = (state: ReturnType<typeof emptyState>, code: string, world = config) => {
    const submitted = after(state, submissionRecords(state, sampleSubmission(world, { strategy: "a", code }), START));
    return after(submitted, decide(sampleDecision(submitted, world, { selected: ["a"] })).records);
  };
  const { version, params } = sampleSubmission(config, { strategy: "a", code: "1" }).trial;
  const active = decided(emptyState(config.id), "1", sampleWorld());
  const waiting = decided(active, "2");
  expect(waiting.decision?.envelope.versions.map((one) => one.version)).not.toContain(version);
  for (const state of [active, waiting]) {
    const of = { state, config, held: { strategy: "a", version, params }, asOf: START, now: START + DAY };
    expect(standingOf(of)).toMatchObject({ domain: "dryrun", downgrades: [], entry: { version, active: true } });
  }
});

test("what leaves the active set is closed, and opens nothing", () => {
  const left = open({ active: false, drain: true, share: 0 });
  expect(termsOf({ gate: left, standing: dryrun, key, late: false })).toEqual({
    gate: "drain_reduce_only",
    terms: { ...SHUT, flatten: true },
  });
});
