import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PolicyVerdict } from "../../policy/policy.ts";
import { canonicalJson } from "../../schema/canonical.ts";
import type { WorldConfig } from "../config.ts";
import { decide } from "../decide.ts";
import type { RealisedRecord, WorldRecord } from "../record.ts";
import { ruleOn } from "../ruling.ts";
import {
  DAY,
  type SampleSubmission,
  START,
  sampleDecision,
  sampleRealised,
  sampleSubmission,
  sampleWorld,
} from "../sample.test.kit.ts";
import { emptyState, type WorldState } from "../state.ts";
import { after, submissionRecords } from "../submission.ts";
import type { StageState } from "./campaign.ts";
import { canaryScore } from "./canary.ts";
import { stagesOf } from "./plan-tick.ts";

const LIVE = "max_mode: live\nallow_live: true\n";
/** Five periods are enough. */
const QUICK = "  paper: { window: 10, min_samples: 5 }\n  live: { window: 10, min_samples: 5 }\n";
const quick = (more = ""): WorldConfig => sampleWorld(`${LIVE}campaign:\n${QUICK}${more}`);

/** A Sharpe ratio of more than 1 per period. */
const GOOD = [0.01, 0.012, 0.008, 0.011, 0.009, 0.01, 0.012, 0.008, 0.011, 0.009];
/** One of less than -1. */
const BAD = GOOD.map((value) => -value);

function submitted(config: WorldConfig, ...of: readonly (string | SampleSubmission)[]): WorldState {
  return of.reduce<WorldState>((state, one) => {
    const submission = sampleSubmission(config, typeof one === "string" ? { strategy: one } : one);
    return after(state, submissionRecords(state, submission, START));
  }, emptyState("sample"));
}

/** The world's decision for the day `day`: what a tick appends. */
function ticked(
  state: WorldState,
  config: WorldConfig,
  day: number,
  {
    selected = [...state.candidates.keys()],
    verdicts,
  }: { selected?: readonly string[]; verdicts?: readonly PolicyVerdict[] } = {},
): { readonly state: WorldState; readonly records: readonly WorldRecord[] } {
  const at = START + day * DAY;
  const input = sampleDecision(state, config, {
    selected,
    period: at,
    asOf: at,
    now: at,
    ...(verdicts && { verdicts }),
  });
  const { records } = decide(input);
  return { records, state: after(state, records) };
}

/** Day by day: what was realised comes in, and the world ticks. */
function run(
  state: WorldState,
  config: WorldConfig,
  of: {
    readonly strategy: string;
    readonly returns: readonly number[];
    readonly from: number;
    readonly domain?: RealisedRecord["domain"];
  },
): WorldState {
  let next = state;
  let day = of.from;
  for (const record of sampleRealised(config, { ...of, from: START + of.from * DAY })) {
    next = ticked(after(next, [record]), config, day).state;
    day++;
  }
  return next;
}

const stage = (state: WorldState, strategy = "a"): StageState => {
  const known = stagesOf(state)[strategy];
  if (known === undefined) throw new Error(`${strategy} has no stage`);
  return known;
};

const modes = ({ apply }: WorldState): readonly string[] =>
  apply.activation.entries
    .filter(({ active }) => active)
    .map(({ strategy, mode, share, scale }) => `${strategy}:${mode}:${share}x${scale}`);

const approvedBy = (state: WorldState, config: WorldConfig, day: number, strategy = "a") =>
  ruleOn({
    state,
    config,
    strategy,
    verdict: "approved",
    actor: "kim",
    comment: "ok",
    now: START + day * DAY,
    participants: [],
  });

/** Live since `day`. */
function goneLive(config: WorldConfig, day = 6): WorldState {
  const candidate = run(ticked(submitted(config, "a"), config, 0).state, config, {
    strategy: "a",
    returns: GOOD.slice(0, day),
    from: 1,
  });
  return after(candidate, approvedBy(candidate, config, day).records);
}

describe("from backtest", () => {
  test("what is selected comes to paper at once, unless the campaign asks for more", () => {
    const state = ticked(submitted(quick(), "a"), quick(), 0).state;
    expect(stage(state)).toMatchObject({ stage: "paper", dwell: 0, moved: { from: "backtest", period: START } });
    expect(modes(state)).toEqual(["a:paper:1x1"]);
  });

  test("too few periods of backtest are inconclusive, with the distance", () => {
    const config = quick("  backtest: { min_samples: 120 }\n");
    const state = ticked(submitted(config, "a"), config, 0).state;
    expect(stage(state)).toMatchObject({
      stage: "backtest",
      verdict: "inconclusive",
      findings: [{ metric: "backtest_samples", value: 100, bound: 120, distance: 20 }],
    });
    expect(modes(state)).toEqual(["a:compute-only:1x1"]);
  });

  test("promote_after counts evaluation periods, not ticks", () => {
    const config = quick("  promote_after: 3\n");
    let state = submitted(config, "a");
    const seen: string[] = [];
    for (const day of [0, 0, 1, 1, 1, 2]) {
      state = ticked(state, config, day).state;
      seen.push(`${stage(state).stage}:${stage(state).passes}`);
    }
    expect(seen).toEqual(["backtest:1", "backtest:1", "backtest:2", "backtest:2", "backtest:2", "paper:0"]);
  });

  test("places on paper go by rank, and who has one keeps it", () => {
    const config = sampleWorld("campaign: { paper: { slots: 1 } }\n");
    const both = submitted(config, "a", "b");
    const first = ticked(both, config, 0, { selected: ["b", "a"] }).state;
    expect([stage(first, "a").stage, stage(first, "b").stage]).toEqual(["backtest", "paper"]);
    expect(stage(first, "a")).toMatchObject({ hold: "slots", reason: "The one place on paper is taken" });
    const second = ticked(first, config, 1, { selected: ["a", "b"] }).state;
    expect([stage(second, "a").stage, stage(second, "b").stage]).toEqual(["backtest", "paper"]);
    const third = ticked(second, config, 2, { selected: ["a"] }).state;
    expect([stage(third, "a").stage, stage(third, "b").stage]).toEqual(["paper", "backtest"]);
  });

  test.each<[string, Partial<SampleSubmission>, string]>([
    ["an object in memory", { identity: "process" }, "digest_mismatch"],
    ["declared returns", { evidence: "declared" }, "evidence_inconclusive"],
  ])("%s never leaves it", (_, of, reason) => {
    const config = quick();
    const state = ticked(submitted(config, { strategy: "a", ...of }), config, 0).state;
    expect(stage(state)).toMatchObject({
      stage: "backtest",
      verdict: "inconclusive",
      reason: `The world takes it back to backtest: ${reason}`,
    });
  });

  test("a world that runs nothing has no other stage", () => {
    const config = sampleWorld("", "as_of: 2023-12-31");
    expect(stage(ticked(submitted(config, "a"), config, 0).state)).toMatchObject({ stage: "backtest", hold: "mode" });
  });
});

describe("from paper", () => {
  test("what it realised makes it a candidate, and it stays on paper until a person has spoken", () => {
    const config = quick();
    const start = ticked(submitted(config, "a"), config, 0).state;
    const four = run(start, config, { strategy: "a", returns: GOOD.slice(0, 4), from: 1 });
    expect(stage(four)).toMatchObject({ stage: "paper", verdict: "inconclusive", dwell: 4 });
    const five = run(start, config, { strategy: "a", returns: GOOD.slice(0, 5), from: 1 });
    expect(stage(five)).toMatchObject({ stage: "candidate", hold: "approval", moved: { from: "paper" } });
    expect(modes(five)).toEqual(["a:paper:1x1"]);
    expect(five.decision?.envelope.versions[0]).toMatchObject({ mode: "paper", stage: "candidate" });
  });

  test("returns of a replay make nobody a candidate", () => {
    const config = quick();
    let state = ticked(submitted(config, "a"), config, 0).state;
    state = after(state, sampleRealised(config, { strategy: "a", returns: GOOD, from: START + DAY, feed: "replay" }));
    expect(stage(ticked(state, config, 10).state)).toMatchObject({ stage: "paper", verdict: "inconclusive" });
  });

  test("without allow_live it goes no further, and the reason is named and counted", () => {
    const config = sampleWorld(`max_mode: live\ncampaign:\n  paper: { window: 10, min_samples: 5 }\n`);
    const state = run(ticked(submitted(config, "a"), config, 0).state, config, {
      strategy: "a",
      returns: GOOD,
      from: 1,
    });
    expect(stage(state)).toMatchObject({ stage: "paper", verdict: "pass", hold: "allow-live" });
    expect(state.decision?.envelope.versions[0]).toMatchObject({ mode: "paper", downgrades: ["live_not_allowed"] });
    expect(() => approvedBy(state, config, 10)).toThrowError(
      expect.objectContaining({ code: "world.live-not-allowed" }),
    );
  });

  test("min_dwell and promote_after hold it back, each by name", () => {
    const dwells = quick("  min_dwell: 8\n");
    const soon = ticked(submitted(dwells, "a"), dwells, 0).state;
    expect(stage(run(soon, dwells, { strategy: "a", returns: GOOD.slice(0, 7), from: 1 }))).toMatchObject({
      stage: "paper",
      verdict: "pass",
      hold: "min-dwell",
      dwell: 7,
    });
    expect(stage(run(soon, dwells, { strategy: "a", returns: GOOD.slice(0, 8), from: 1 })).stage).toBe("candidate");

    const slow = quick("  promote_after: 3\n");
    let paper = submitted(slow, "a");
    for (const day of [-2, -1, 0]) paper = ticked(paper, slow, day).state;
    expect(stage(run(paper, slow, { strategy: "a", returns: GOOD.slice(0, 6), from: 1 }))).toMatchObject({
      stage: "paper",
      verdict: "pass",
      hold: "promote-after",
      passes: 2,
    });
    expect(stage(run(paper, slow, { strategy: "a", returns: GOOD.slice(0, 7), from: 1 })).stage).toBe("candidate");
  });

  test("the canary's fraction lets a strategy through in the period in which it is drawn", () => {
    const config = quick("  canary: { fraction: 0.3, scale: 0.25, periods: 2 }\n");
    const start = ticked(submitted(config, "a"), config, 0).state;
    const days = Array.from({ length: 30 }, (_, day) => day + 1);
    const drawn = days.find((day) => day >= 5 && canaryScore("sample", "a", String(START + day * DAY)) < 0.3);
    if (drawn === undefined || drawn === 5) throw new Error("draw another fraction: this one proves nothing");
    const returns = Array.from({ length: drawn }, (_, i) => GOOD[i % GOOD.length] ?? 0);
    expect(stage(run(start, config, { strategy: "a", returns: returns.slice(0, -1), from: 1 }))).toMatchObject({
      stage: "paper",
      hold: "canary",
    });
    expect(stage(run(start, config, { strategy: "a", returns, from: 1 })).stage).toBe("candidate");
  });

  test("what it realised can put it out again, after demote_after periods, and then it cools down", () => {
    const config = quick("  demote_after: 2\n  cooldown: 3d\n");
    const start = ticked(submitted(config, "a"), config, 0).state;
    const six = run(start, config, { strategy: "a", returns: BAD.slice(0, 5), from: 1 });
    expect(stage(six)).toMatchObject({ stage: "paper", verdict: "fail", fails: 1 });
    const out = run(start, config, { strategy: "a", returns: BAD.slice(0, 6), from: 1 });
    expect(stage(out)).toMatchObject({ stage: "backtest", moved: { from: "paper" }, until: START + 9 * DAY });
    expect(modes(out)).toEqual(["a:compute-only:1x1"]);
    const cold = ticked(out, config, 8).state;
    expect(stage(cold)).toMatchObject({ stage: "backtest", hold: "cooldown" });
    expect(stage(ticked(cold, config, 9).state).stage).toBe("paper");
  });

  test("what is no longer selected leaves at once, whatever it dwells, and a new version does not warm it up", () => {
    const config = quick("  min_dwell: 50\n  cooldown: 3d\n");
    const out = ticked(ticked(submitted(config, "a"), config, 51).state, config, 52, { selected: [] }).state;
    expect(stage(out)).toMatchObject({
      stage: "backtest",
      verdict: "fail",
      until: START + 55 * DAY,
      reason: "Others score higher",
    });
    const anew = after(out, submissionRecords(out, sampleSubmission(config, { strategy: "a", code: "2" }), START));
    expect(stage(ticked(anew, config, 53).state)).toMatchObject({ stage: "backtest", hold: "cooldown" });
    expect(stage(ticked(anew, config, 55).state).stage).toBe("paper");
  });
});

describe("live", () => {
  test("a person makes a candidate live, and the word is in the decision before anything is switched", () => {
    const config = quick();
    const state = goneLive(config);
    expect(stage(state)).toMatchObject({
      stage: "live",
      approved: { actor: "kim", share: 1 },
      moved: { from: "candidate" },
    });
    expect(modes(state)).toEqual(["a:live:1x1"]);
    expect(state.decision?.envelope.versions[0]).toMatchObject({ mode: "live", stage: "live", downgrades: [] });
  });

  test("a canary has less until it was live for its periods", () => {
    const config = quick("  canary: { scale: 0.25, periods: 2 }\n");
    let state = goneLive(config);
    const seen = [modes(state)[0]];
    for (const day of [7, 7, 8, 9]) {
      state = ticked(state, config, day).state;
      seen.push(modes(state)[0]);
    }
    expect(seen).toEqual(["a:live:1x0.25", "a:live:1x0.25", "a:live:1x0.25", "a:live:1x1", "a:live:1x1"]);
  });

  test("it is judged by what it realised live, and falls to paper", () => {
    const config = quick("  cooldown: 2d\n");
    const live = goneLive(config);
    const four = run(live, config, { strategy: "a", returns: BAD.slice(0, 4), from: 7, domain: "live" });
    expect(stage(four)).toMatchObject({ stage: "live", verdict: "inconclusive" });
    const five = run(live, config, { strategy: "a", returns: BAD.slice(0, 5), from: 7, domain: "live" });
    expect(stage(five)).toMatchObject({ stage: "paper", moved: { from: "live" }, until: START + 13 * DAY });
    expect(stage(five).approved).toBeUndefined();
    expect(modes(five)).toEqual(["a:paper:1x1"]);
  });

  test("where allow_live is taken away it is on paper with the next decision", () => {
    const live = goneLive(quick());
    const shut = sampleWorld("max_mode: paper\ncampaign:\n  paper: { window: 10, min_samples: 5 }\n");
    const state = ticked(live, shut, 7).state;
    expect(stage(state).stage).toBe("paper");
    expect(modes(state)).toEqual(["a:paper:1x1"]);
  });

  test("it never has more than was approved, until that is approved too", () => {
    const config = quick();
    const half = (state: WorldState, share: number, day: number): WorldState => {
      const at = START + day * DAY;
      const input = sampleDecision(state, config, { selected: ["a"], period: at, asOf: at, now: at });
      return after(state, decide({ ...input, allocation: [{ strategy: "a", share }] }).records);
    };
    const live = goneLive(config);
    const less = half(live, 0.4, 7);
    expect(modes(less)).toEqual(["a:live:0.4x1"]);
    const candidate = half(
      run(ticked(submitted(config, "a"), config, 0).state, config, {
        strategy: "a",
        returns: GOOD.slice(0, 6),
        from: 1,
      }),
      0.3,
      6,
    );
    const small = after(candidate, approvedBy(candidate, config, 6).records);
    const more = half(small, 0.8, 7);
    expect(more.decision?.envelope.versions[0]).toMatchObject({ allocated: 0.8, share: 0.3 });
    expect(modes(more)).toEqual(["a:live:0.3x1"]);
    expect(modes(after(more, approvedBy(more, config, 7).records))).toEqual(["a:live:0.8x1"]);
    expect(() => approvedBy(less, config, 7)).toThrowError(
      expect.objectContaining({ code: "world.nothing-to-approve" }),
    );
  });
});

test("whatever comes, a second tick of a period appends nothing, and nobody is live without a person", () => {
  const config = quick(
    "  promote_after: 2\n  demote_after: 2\n  min_dwell: 1\n  cooldown: 2d\n  canary: { fraction: 0.7, scale: 0.5, periods: 2 }\n",
  );
  const both = submitted(config, "a", "b");
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          a: fc.double({ min: -0.03, max: 0.05, noNaN: true }),
          b: fc.double({ min: -0.05, max: 0.03, noNaN: true }),
          selected: fc.constantFrom(["a", "b"], ["b", "a"], ["a"], ["a", "b"], ["b", "a"]),
          skip: fc.boolean(),
          approve: fc.boolean(),
        }),
        { maxLength: 25 },
      ),
      (days) => {
        let state = both;
        const allowed = new Set<string>();
        days.forEach((one, i) => {
          const day = i + 1;
          for (const strategy of ["a", "b"] as const)
            for (const domain of ["dryrun", "live"] as const)
              state = after(
                state,
                sampleRealised(config, { strategy, returns: [one[strategy]], from: START + day * DAY, domain }),
              );
          if (one.skip) return;
          state = ticked(state, config, day, one).state;
          if (one.approve && stagesOf(state)["a"]?.stage === "candidate" && stagesOf(state)["a"]?.verdict === "pass") {
            state = after(state, approvedBy(state, config, day).records);
            allowed.add("a");
          }
          const again = ticked(state, config, day, one);
          expect(again.records).toEqual([]);
          for (const { strategy, mode } of state.apply.activation.entries)
            if (mode === "live") expect(allowed.has(strategy)).toBe(true);
          expect(() => canonicalJson(stagesOf(state))).not.toThrow();
        });
      },
    ),
    { numRuns: 60 },
  );
});
