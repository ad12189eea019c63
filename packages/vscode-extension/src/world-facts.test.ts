import { describe, expect, test } from "vitest";
import { allocationFacts, edgeFacts, runnerFacts, type WorldStatus, worldFacts } from "./world-facts.ts";

const NOW = Date.UTC(2026, 0, 2);
const status: WorldStatus = {
  ...{ world: "lab", revision: 12, mode: "paper", knowledge: { kind: "pinned", asOf: NOW }, active: 1, trials: 3 },
  decided: { revision: 9, at: NOW - 3_600_000, asOf: NOW, stale: false },
  apply: { kind: "applied" },
  ...{ configurationChanged: false, downgrades: {}, runners: [], edges: [], next: "Nothing." },
  strategies: [
    {
      ...{ strategy: "sma", version: "f".repeat(64), active: true, mode: "paper", domain: "dryrun", downgrades: [] },
      ...{ share: 0.25, reason: "selected" },
    },
    {
      ...{ strategy: "old", version: "e".repeat(64), active: false, mode: "validate", domain: "backtest" },
      ...{ downgrades: [], share: 0, reason: "a gate" },
    },
  ],
};
const said = (of: WorldStatus) => Object.fromEntries(worldFacts(of, NOW).map(({ label, value }) => [label, value]));

describe("where a world stands", () => {
  test("has its mode, its decision, its activation and what is next", () => {
    expect(said(status)).toEqual({
      mode: "at most paper",
      decision: "revision 9, 1 h ago",
      activation: "applied",
      trials: "3",
      next: "Nothing.",
    });
  });

  test("says how the last apply ended, and why it was rolled back", () => {
    const outcome = { kind: "rolled-back", reason: "s1 was silent", gates: "frozen", missing: ["s1"] } as const;
    const of: WorldStatus = {
      ...status,
      apply: { kind: "rolled-back", reason: "s1 was silent", gates: "frozen" },
      lastApply: { apply: 4, run: "abcdefghij", phase: "idle", waiting: [], outcome },
    };
    expect(said(of)).toMatchObject({
      activation: "rolled back, gates frozen",
      "last apply": "4 (abcdefgh): rolled back, without s1",
    });
    expect(worldFacts(of, NOW).find(({ label }) => label === "last apply")?.more).toBe("s1 was silent");
    const going: WorldStatus = { ...status, lastApply: { apply: 5, phase: "freezing", waiting: ["s1"] } };
    expect(said(going)["last apply"]).toBe("5: freezing, waits for s1");
  });
});

test("an allocation is what an active strategy holds", () => {
  expect(allocationFacts(status).map(({ label, value }) => [label, value])).toEqual([
    ["sma", "25.00 % of the world's equity"],
  ]);
});

test("an edge says between which domains, for whom and until when", () => {
  const edge = { from: "backtest", to: "live", reason: "a try", at: NOW, revision: 3 } as const;
  const edges: WorldStatus["edges"] = [
    {
      ...{ ...edge, producer: { kind: "node", node: "a".repeat(64) }, open: true, standing: "open", actor: "kim" },
      expires: NOW + 60_000,
    },
    { ...edge, producer: { kind: "version", strategy: "sma", version: "f".repeat(64) }, open: false, standing: "shut" },
  ];
  expect(edgeFacts({ ...status, edges })).toEqual([
    {
      ...{ label: "node aaaaaaaaaaaa", value: "backtest → live, open until 2026-01-02T00:01Z" },
      ...{ more: "a try (kim)", icon: "unlock" },
    },
    { label: "sma@ffffffff", value: "backtest → live, shut", more: "a try", icon: "lock" },
  ]);
});

test("a runner says where its gate stands, or that it is lost", () => {
  const runner: WorldStatus["runners"][number] = {
    ...{ session: "s1", version: "f".repeat(64), domain: "dryrun", gate: "open", registered: NOW, seen: NOW - 120_000 },
    ...{ strategy: "sma", host: { name: "here", pid: 1 }, gateTtl: 10_000, lost: false },
  } as const;
  expect(
    runnerFacts({ ...status, runners: [runner, { ...runner, lost: true }] }, NOW).map(({ value }) => value),
  ).toEqual(["dryrun, gate open, seen 2 min ago", "lost"]);
});
