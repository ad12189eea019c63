import { expect, test } from "vitest";
import { activeEntry } from "../../world/activation.ts";
import type { Gate } from "../../world/gate.ts";
import { HOLD_REASONS, keyOf, SHUT, termsOf } from "./standing.ts";

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

test("what leaves the active set is closed, and opens nothing", () => {
  const left = open({ active: false, drain: true, share: 0 });
  expect(termsOf({ gate: left, standing: dryrun, key, late: false })).toEqual({
    gate: "drain_reduce_only",
    terms: { ...SHUT, flatten: true },
  });
});
