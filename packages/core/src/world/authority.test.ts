import { describe, expect, test } from "vitest";
import { type AuthorityInput, authority } from "./authority.ts";
import { DOWNGRADE_REASONS, type DowngradeReason } from "./downgrade.ts";
import { capMode, compareModes, domainOf, MODES, type Mode } from "./mode.ts";

const NOW = 1_000_000;

/** Nothing speaks against the world's word. */
const CLEAR = {
  world: { maxMode: "live", allowLive: true, knowledge: { kind: "following", maxLag: 100 } },
  decision: { mode: "live", asOf: NOW - 50, ttl: 100 },
  evidence: "conclusive",
  identity: "file",
  crossContextHits: 0,
  asOf: NOW - 50,
  now: NOW,
} as const satisfies AuthorityInput;

describe("mode to domain", () => {
  test.each([
    ["validate", "backtest"],
    ["compute-only", "backtest"],
    ["paper", "dryrun"],
    ["live", "live"],
    ["shadow", "shadow"],
    ["LIVE", "backtest"],
    ["prod", "backtest"],
    ["", "backtest"],
    ["toString", "backtest"],
    [undefined, "backtest"],
    [null, "backtest"],
    [4, "backtest"],
    [["live"], "backtest"],
  ])("%j -> %s", (word, domain) => {
    expect(domainOf(word)).toBe(domain);
  });
});

test("without a doubt the world's word holds, for every mode", () => {
  for (const mode of MODES)
    expect(authority({ ...CLEAR, decision: { ...CLEAR.decision, mode } })).toEqual({
      mode,
      domain: domainOf(mode),
      downgrades: [],
    });
});

/** Each doubt alone, and what it leaves of each word. */
const DOUBTS: readonly { readonly reason: DowngradeReason; readonly input: Partial<AuthorityInput> }[] = [
  { reason: "digest_mismatch", input: { identity: "mismatch" } },
  { reason: "digest_mismatch", input: { identity: "process" } },
  { reason: "cross_context_hit", input: { crossContextHits: 1 } },
  { reason: "cross_context_hit", input: { crossContextHits: Number.NaN } },
  { reason: "evidence_inconclusive", input: { evidence: "inconclusive" } },
  { reason: "evidence_inconclusive", input: { evidence: "declared" } },
  { reason: "evidence_inconclusive", input: { evidence: "splendid" as never } },
  { reason: "stale_decision", input: { now: NOW + 51 } },
  { reason: "stale_decision", input: { now: NOW - 51 } },
  { reason: "stale_decision", input: { now: Number.NaN } },
];

test.each(DOUBTS)("$reason takes every word above compute-only back to it: $input", ({ reason, input }) => {
  for (const mode of MODES) {
    const given = authority({ ...CLEAR, decision: { ...CLEAR.decision, mode }, ...input });
    const above = compareModes(mode, "compute-only") > 0;
    expect(given.mode).toBe(above ? "compute-only" : mode);
    expect(given.domain).toBe("backtest");
    expect(given.downgrades).toEqual(above ? [reason] : []);
  }
});

test.each<[name: string, input: Partial<AuthorityInput>, mode: Mode, downgrades: readonly DowngradeReason[]]>([
  ["live without allow_live is paper", { world: { ...CLEAR.world, allowLive: false } }, "paper", ["live_not_allowed"]],
  [
    "live under a lower cap is the cap",
    { world: { ...CLEAR.world, maxMode: "shadow" } },
    "shadow",
    ["live_not_allowed"],
  ],
  [
    "paper said under another configuration",
    { world: { ...CLEAR.world, maxMode: "compute-only" }, decision: { ...CLEAR.decision, mode: "paper" } },
    "compute-only",
    ["stale_decision"],
  ],
  [
    "paper in a pinned world",
    { world: { ...CLEAR.world, knowledge: { kind: "pinned", asOf: 1 } }, decision: { mode: "paper", asOf: 1 } },
    "compute-only",
    ["stale_decision"],
  ],
  ["no decision", { decision: undefined as never }, "validate", ["decision_unavailable"]],
  ["an unknown word", { decision: { ...CLEAR.decision, mode: "prod" } }, "validate", ["decision_unavailable"]],
  [
    "a decision without an end where the world follows",
    { decision: { mode: "paper", asOf: NOW } },
    "compute-only",
    ["stale_decision"],
  ],
  [
    "paper without a commit to replay",
    { decision: { ...CLEAR.decision, mode: "paper" }, asOf: undefined as never },
    "compute-only",
    ["missing_as_of"],
  ],
  [
    "compute-only without one",
    { decision: { ...CLEAR.decision, mode: "compute-only" }, asOf: undefined as never },
    "compute-only",
    ["missing_as_of"],
  ],
  ["live needs none", { asOf: undefined as never }, "live", []],
  [
    "live that becomes paper needs one",
    { asOf: undefined as never, world: { ...CLEAR.world, allowLive: false } },
    "compute-only",
    ["missing_as_of", "live_not_allowed"],
  ],
])("%s", (_, input, mode, downgrades) => {
  const given = authority({ ...CLEAR, ...input });
  expect({ mode: given.mode, downgrades: given.downgrades }).toEqual({ mode, downgrades });
});

test("a hint comes back as it came and decides nothing", () => {
  for (const requested of ["live", "backtest", "nonsense"])
    for (const mode of MODES) {
      const { requested: recorded, ...rest } = authority({
        ...CLEAR,
        decision: { ...CLEAR.decision, mode },
        requested,
      });
      expect(recorded).toBe(requested);
      expect(rest).toEqual(authority({ ...CLEAR, decision: { ...CLEAR.decision, mode } }));
    }
});

test("over all combinations: never above the word, the cap or what doubts leave, and every loss is named", () => {
  const words = [...MODES, "prod", undefined];
  const broken: string[] = [];
  let combinations = 0;
  for (const word of words)
    for (const maxMode of MODES)
      for (const allowLive of [true, false])
        for (const kind of ["pinned", "following"] as const)
          for (const evidence of ["conclusive", "inconclusive", "declared"] as const)
            for (const identity of ["file", "process", "mismatch"] as const)
              for (const crossContextHits of [0, 2])
                for (const age of [50, 150])
                  for (const asOf of [NOW, undefined]) {
                    combinations += 1;
                    const knowledge = kind === "pinned" ? { kind, asOf: NOW } : { kind, maxLag: 100 };
                    const given = authority({
                      world: { maxMode, allowLive, knowledge },
                      ...(word !== undefined && {
                        decision: { mode: word, asOf: NOW - age, ...(kind === "following" && { ttl: 100 }) },
                      }),
                      evidence,
                      identity,
                      crossContextHits,
                      ...(asOf !== undefined && { asOf }),
                      now: NOW,
                    });
                    const known =
                      word !== undefined && (MODES as readonly string[]).includes(word) ? (word as Mode) : "validate";
                    const doubted =
                      evidence !== "conclusive" ||
                      identity !== "file" ||
                      crossContextHits > 0 ||
                      (kind === "following" && age > 100);
                    const losses = given.downgrades.filter((reason) => reason !== "missing_as_of");
                    const replays = given.domain === "backtest" || given.domain === "dryrun";
                    const laws = [
                      compareModes(given.mode, known) <= 0,
                      compareModes(given.mode, maxMode) <= 0,
                      !(doubted || kind === "pinned") || compareModes(given.mode, "compute-only") <= 0,
                      allowLive || given.domain !== "live",
                      given.domain === domainOf(given.mode),
                      !replays || given.downgrades.includes("missing_as_of") === (asOf === undefined),
                      given.mode === word || given.downgrades.length > 0,
                      given.mode !== word || losses.length === 0,
                      String(given.downgrades) ===
                        String(DOWNGRADE_REASONS.filter((reason) => given.downgrades.includes(reason))),
                    ];
                    if (laws.includes(false))
                      broken.push(
                        JSON.stringify({
                          word,
                          maxMode,
                          allowLive,
                          kind,
                          evidence,
                          identity,
                          crossContextHits,
                          age,
                          asOf,
                          given,
                          laws,
                        }),
                      );
                  }
  expect(broken).toEqual([]);
  expect(combinations).toBe(7 * 5 * 2 * 2 * 3 * 3 * 2 * 2 * 2);
});

test("a cap takes the smaller of two", () => {
  for (const a of MODES)
    for (const b of MODES)
      expect(compareModes(capMode(a, b), a) <= 0 && compareModes(capMode(a, b), b) <= 0).toBe(true);
});
