import { describe, expect, test } from "vitest";
import type { Figure, MetricDescription } from "../plugin/contract/evaluator.ts";
import { isQmtlError } from "../schema/error.ts";
import { applyPolicy } from "./apply-policy.ts";
import { compilePolicy } from "./compile-policy.ts";
import type { HysteresisState, Policy, PolicyCandidate, PolicyInput, PolicyOutcome } from "./policy.ts";

const METRICS: readonly MetricDescription[] = ["sharpe", "drawdown", "profit_factor"].map((name) => ({
  name,
  formula: "",
  unit: "ratio",
  better: "higher",
}));
const DAY = 86_400_000;
const PERIOD = 1000 * DAY;

const open: Policy = {
  gates: {},
  score: "sharpe",
  constraints: {},
  topK: { total: 10 },
  hysteresis: { enter: 0, exit: 0, promoteAfter: 1, demoteAfter: 1, minDwell: 0 },
  minPeriods: 20,
};

/** Returns of 40 sessions; equal `phase`, equal returns. */
function series(phase: number): Pick<PolicyCandidate, "times" | "returns"> {
  const times = Float64Array.from({ length: 40 }, (_, i) => i * DAY);
  return { times, returns: times.map((_, i) => Math.sin(i * (1 + phase)) / 100) };
}

let made = 0;
function candidate(strategy: string, metrics: Record<string, number | Figure>, change: Partial<PolicyCandidate> = {}) {
  const figures = Object.entries(metrics).map(([name, of]): [string, Figure] => [
    name,
    typeof of === "number" ? { kind: "value", value: of } : of,
  ]);
  made++;
  return {
    strategy,
    version: `${strategy}@1`,
    metrics: Object.fromEntries(figures),
    ...series(made),
    evidence: "backtest",
    dataEnd: PERIOD,
    inconclusive: [],
    ...change,
  } satisfies PolicyCandidate;
}

function run(policy: Policy, candidates: readonly PolicyCandidate[], change: Partial<PolicyInput> = {}): PolicyOutcome {
  const input = { policy, candidates, hysteresis: {}, period: PERIOD, lastPeriod: undefined, now: PERIOD, ...change };
  return applyPolicy(input, compilePolicy(policy, METRICS));
}

function verdict(outcome: PolicyOutcome, strategy: string) {
  const found = outcome.verdicts.find((each) => each.strategy === strategy);
  if (found === undefined) throw new Error(strategy);
  return found;
}

const active = (dwell: number, streak = 0): HysteresisState => ({ active: true, streak, dwell });
const waiting = (streak: number): HysteresisState => ({ active: false, streak, dwell: 0 });

describe("data currency and evidence", () => {
  const follows: Policy = { ...open, maxLag: 2 * DAY };

  test("stale data, with how far it is behind; only where the world follows", () => {
    const old = candidate("old", { sharpe: 1 });
    const outcome = run(follows, [old], { now: PERIOD + 5 * DAY });
    expect(outcome.selected).toEqual([]);
    expect(verdict(outcome, "old").exclusions).toMatchObject([
      {
        stage: "data-currency",
        value: 5 * DAY,
        bound: 2 * DAY,
        distance: 3 * DAY,
        reason: expect.stringContaining("5 days ago"),
      },
    ]);
    expect(run(follows, [old], { now: PERIOD + 2 * DAY }).selected).toEqual(["old"]);
    expect(run(open, [old], { now: PERIOD + 5000 * DAY }).selected).toEqual(["old"]);
  });

  test("data from the future, or of unknown age, is not current", () => {
    const early = candidate("early", { sharpe: 1 });
    expect(verdict(run(follows, [early], { now: PERIOD - 1 }), "early").exclusions[0]?.reason).toMatch(/in the future/);
    const lost = candidate("lost", { sharpe: 1 }, { dataEnd: Number.NaN });
    expect(verdict(run(follows, [lost]), "lost").exclusions[0]?.reason).toMatch(/not known/);
  });

  test("declared returns are excluded, thin evidence is inconclusive, and neither is ever selected", () => {
    const declared = candidate("declared", { sharpe: 9 }, { evidence: "declared" });
    const doubted = candidate("doubted", { sharpe: 9 }, { inconclusive: ["enough_periods: 5 of 20"] });
    const short = candidate("short", { sharpe: 9 });
    const outcome = run({ ...open, minPeriods: 50 }, [declared, doubted, short]);
    expect(outcome.selected).toEqual([]);
    expect(outcome.verdicts.map((each) => each.verdict)).toEqual(["excluded", "inconclusive", "inconclusive"]);
    expect(verdict(outcome, "short").exclusions).toMatchObject([
      { stage: "evidence", rule: "min_periods", value: 40, bound: 50, distance: 10 },
    ]);
    expect(verdict(outcome, "doubted").exclusions.map(({ rule }) => rule)).toEqual(["min_periods", "conclusive"]);
    expect(verdict(run(open, [declared]), "declared")).toMatchObject({
      verdict: "excluded",
      exclusions: [{ rule: "declared" }],
    });
  });

  test("all hard reasons are told at once, and there is no score", () => {
    const bad = candidate("bad", { sharpe: 0.1 }, { evidence: "declared" });
    const outcome = run({ ...follows, gates: { good: "sharpe > 1" } }, [bad], { now: PERIOD + 3 * DAY });
    expect(verdict(outcome, "bad").exclusions.map(({ stage }) => stage)).toEqual([
      "data-currency",
      "evidence",
      "gates",
    ]);
    expect(verdict(outcome, "bad").score).toBeUndefined();
    expect(verdict(outcome, "bad").rank).toBeUndefined();
  });
});

describe("gates and score", () => {
  test("the distance to the bound", () => {
    const policy = { ...open, gates: { good: "sharpe >= 0.5", safe: "drawdown <= 0.2" } };
    const outcome = run(policy, [
      candidate("a", { sharpe: 0.5, drawdown: 0.2 }),
      candidate("b", { sharpe: 0.4, drawdown: 0.1 }),
    ]);
    expect(outcome.selected).toEqual(["a"]);
    expect(verdict(outcome, "b").exclusions).toEqual([
      {
        stage: "gates",
        rule: "good",
        metric: "sharpe",
        value: 0.4,
        bound: 0.5,
        distance: expect.closeTo(0.1, 12),
        reason: "sharpe is 0.4 and must be at least 0.5",
        hint: "Bring sharpe to at least 0.5.",
      },
    ]);
    expect(verdict(outcome, "b").gates).toEqual([
      { name: "good", expression: "sharpe >= 0.5", passed: false, because: "sharpe is 0.4 and must be at least 0.5" },
      { name: "safe", expression: "drawdown <= 0.2", passed: true },
    ]);
  });

  test.each([
    ["missing", {}, "profit_factor is undefined, because no evaluator gave it"],
    [
      "undefined",
      { profit_factor: { kind: "undefined", because: "no closed trade lost" } },
      "profit_factor is undefined, because no closed trade lost",
    ],
    [
      "NaN",
      { profit_factor: { kind: "value", value: Number.NaN } },
      "profit_factor is undefined, because an evaluator gave NaN",
    ],
    [
      "infinite",
      { profit_factor: { kind: "value", value: Number.POSITIVE_INFINITY } },
      "profit_factor is undefined, because an evaluator gave Infinity",
    ],
  ] as const)("a metric that is %s fails its gate by name, in any comparison", (_, metrics, reason) => {
    for (const gate of [
      "profit_factor > 1",
      "profit_factor < 1",
      "profit_factor != 1",
      "!(profit_factor > 1)",
      "sharpe > 0 || profit_factor > 1",
    ]) {
      const outcome = run({ ...open, gates: { factor: gate } }, [candidate("a", { sharpe: 1, ...metrics })]);
      expect(outcome.selected).toEqual([]);
      expect(verdict(outcome, "a").exclusions).toMatchObject([
        { stage: "gates", rule: "factor", metric: "profit_factor", reason },
      ]);
    }
  });

  test("a score without a value excludes, and says of which metric", () => {
    const policy = { ...open, score: "sharpe / drawdown" };
    const outcome = run(policy, [
      candidate("ok", { sharpe: 1, drawdown: 0.5 }),
      candidate("zero", { sharpe: 1, drawdown: 0 }),
      candidate("gone", { sharpe: 1, drawdown: { kind: "undefined", because: "there is no period" } }),
    ]);
    expect(outcome.selected).toEqual(["ok"]);
    expect(verdict(outcome, "ok")).toMatchObject({ score: 2, rank: 1 });
    expect(verdict(outcome, "zero").exclusions).toMatchObject([
      { stage: "score", reason: expect.stringContaining("no finite value") },
    ]);
    expect(verdict(outcome, "gone").exclusions).toMatchObject([{ stage: "score", metric: "drawdown" }]);
  });
});

describe("constraints and top-k", () => {
  test("greedy by score; both directions of correlation count", () => {
    const policy = { ...open, constraints: { correlation: { maxPairwise: 0.8 } } };
    const best = candidate("best", { sharpe: 2 }, series(1));
    const twin = candidate("twin", { sharpe: 1.5 }, series(1));
    const mirror = candidate("mirror", { sharpe: 1.2 }, { ...series(1), returns: series(1).returns.map((r) => -r) });
    const other = candidate("other", { sharpe: 1 }, series(7));
    const outcome = run(policy, [other, mirror, twin, best]);
    expect(outcome.selected).toEqual(["best", "other"]);
    expect(verdict(outcome, "twin").exclusions).toMatchObject([
      {
        stage: "constraints",
        rule: "correlation",
        value: expect.closeTo(1, 9),
        bound: 0.8,
        distance: expect.closeTo(0.2, 9),
      },
    ]);
    expect(verdict(outcome, "mirror").exclusions).toMatchObject([{ value: expect.closeTo(-1, 9) }]);
  });

  test("being active is no pass: a better newcomer takes the place of an incumbent it resembles", () => {
    const policy = { ...open, constraints: { correlation: { maxPairwise: 0.8 } } };
    const outcome = run(
      policy,
      [candidate("old", { sharpe: 1 }, series(1)), candidate("new", { sharpe: 2 }, series(1))],
      {
        hysteresis: { old: active(9) },
      },
    );
    expect(outcome.selected).toEqual(["new"]);
  });

  test("too little in common blocks nothing, and is told", () => {
    const policy = { ...open, constraints: { correlation: { maxPairwise: 0.1 } } };
    const later = series(1).times.map((time) => time + 30 * DAY);
    const outcome = run(policy, [
      candidate("a", { sharpe: 2 }, series(1)),
      candidate("b", { sharpe: 1 }, { ...series(1), times: later }),
    ]);
    expect(outcome.selected).toEqual(["a", "b"]);
    expect(verdict(outcome, "b").notes).toEqual([
      "Its correlation with a is unknown and blocks nothing, because they share 10 periods, and it takes 20",
    ]);
  });

  test("ties: the active one first, then the name", () => {
    const three = ["z", "m", "a"].map((name) => candidate(name, { sharpe: 1 }));
    expect(run({ ...open, topK: { total: 2 } }, three).selected).toEqual(["a", "m"]);
    const outcome = run({ ...open, topK: { total: 2 } }, three, { hysteresis: { z: active(5) } });
    expect(outcome.selected).toEqual(["a", "z"]);
    expect(verdict(outcome, "m")).toMatchObject({ rank: 2, verdict: "excluded" });
    expect(verdict(outcome, "m").exclusions).toMatchObject([{ stage: "top-k", value: 1, bound: 1, distance: 0 }]);
  });
});

describe("hysteresis", () => {
  const slow: Policy = { ...open, hysteresis: { enter: 0.6, exit: 0.4, promoteAfter: 2, demoteAfter: 2, minDwell: 3 } };

  /** One decision per period, from the scores of each period. */
  function play(policy: Policy, periods: readonly Readonly<Record<string, number>>[]): readonly (readonly string[])[] {
    let hysteresis: PolicyOutcome["hysteresis"] = {};
    return periods.map((scores, i) => {
      const candidates = Object.entries(scores).map(([name, sharpe]) => candidate(name, { sharpe }));
      const outcome = run(policy, candidates, {
        hysteresis,
        period: PERIOD + i * DAY,
        lastPeriod: i === 0 ? undefined : PERIOD + (i - 1) * DAY,
      });
      hysteresis = outcome.hysteresis;
      return outcome.selected;
    });
  }

  test("incumbents are held to exit, others to enter", () => {
    const policy = { ...open, hysteresis: { ...open.hysteresis, enter: 0.6, exit: 0.4 } };
    const outcome = run(
      policy,
      [
        candidate("s1", { sharpe: 0.45 }),
        candidate("s2", { sharpe: 0.55 }),
        candidate("s3", { sharpe: 0.6 }),
        candidate("s4", { sharpe: 0.39 }),
      ],
      { hysteresis: { s1: active(1), s4: active(1) } },
    );
    expect(outcome.selected).toEqual(["s3", "s1"]);
    expect(verdict(outcome, "s2").exclusions).toMatchObject([
      { stage: "hysteresis", rule: "enter", distance: expect.closeTo(0.05, 9) },
    ]);
    expect(verdict(outcome, "s4").exclusions).toMatchObject([
      { stage: "hysteresis", rule: "exit", distance: expect.closeTo(0.01, 9) },
    ]);
  });

  test("promotion takes periods in a row; a bad one starts it again", () => {
    expect(play(slow, [{ a: 1 }, { a: 0.5 }, { a: 1 }, { a: 1 }])).toEqual([[], [], [], ["a"]]);
  });

  test("demotion takes periods in a row, and at least the dwell", () => {
    // Active in periods 1, 2 and 3 whatever the score; then two bad ones in a row are needed, which periods 3 and 4 are.
    expect(play(slow, [{ a: 1 }, { a: 1 }, { a: 0 }, { a: 0 }, { a: 0 }])).toEqual([[], ["a"], ["a"], ["a"], []]);
    expect(
      play(slow, [{ a: 1 }, { a: 1 }, { a: 1 }, { a: 1 }, { a: 1 }, { a: 0 }, { a: 0.5 }, { a: 0 }, { a: 0 }]),
    ).toEqual([[], ["a"], ["a"], ["a"], ["a"], ["a"], ["a"], ["a"], []]);
  });

  test("why an incumbent below exit stays", () => {
    const outcome = run(slow, [candidate("a", { sharpe: 0.1 }), candidate("b", { sharpe: 0.1 })], {
      hysteresis: { a: active(0, 5), b: active(7) },
    });
    expect(verdict(outcome, "a").notes[0]).toMatch(/active for 1 of at least 3 periods/);
    expect(verdict(outcome, "b").notes[0]).toMatch(/for 1 of 2 periods/);
  });

  test("a newcomer that waits neither takes the incumbent's place nor blocks it", () => {
    const policy: Policy = { ...slow, topK: { total: 1 }, constraints: { correlation: { maxPairwise: 0.5 } } };
    const both = [candidate("old", { sharpe: 1 }, series(1)), candidate("new", { sharpe: 2 }, series(1))];
    const first = run(policy, both, { hysteresis: { old: active(9) } });
    expect(first.selected).toEqual(["old"]);
    expect(verdict(first, "new")).toMatchObject({
      rank: 1,
      exclusions: [{ stage: "hysteresis", rule: "promote_after", value: 1, bound: 2, distance: 1 }],
    });
    const second = run(policy, both, { hysteresis: first.hysteresis, period: PERIOD + DAY, lastPeriod: PERIOD });
    expect(second.selected).toEqual(["new"]);
    expect(second.hysteresis).toEqual({ old: waiting(1), new: active(0) });
  });

  test("within its dwell an incumbent keeps its place against better ones", () => {
    const policy: Policy = { ...slow, topK: { total: 1 } };
    const both = [candidate("old", { sharpe: 1 }), candidate("new", { sharpe: 2 })];
    expect(run(policy, both, { hysteresis: { old: active(1), new: waiting(1) } }).selected).toEqual(["old"]);
    expect(run(policy, both, { hysteresis: { old: active(2), new: waiting(1) } }).selected).toEqual(["new"]);
  });

  test("a failed gate ends an active strategy at once, dwell or not", () => {
    const policy: Policy = { ...slow, gates: { safe: "drawdown < 0.2" } };
    const outcome = run(policy, [candidate("a", { sharpe: 9, drawdown: 0.3 })], { hysteresis: { a: active(0) } });
    expect(outcome.selected).toEqual([]);
    expect(outcome.hysteresis).toEqual({ a: { active: false, streak: 0, dwell: 0 } });
  });

  test("submitting often within a period counts once; a better version may begin its streak in the same period", () => {
    const again = { period: PERIOD, lastPeriod: PERIOD };
    const good = [candidate("a", { sharpe: 1 })];
    const first = run(slow, good);
    let state = first.hysteresis;
    for (let i = 0; i < 5; i++) {
      const next = run(slow, good, { ...again, hysteresis: state });
      expect(next).toEqual(first);
      state = next.hysteresis;
    }
    expect(state).toEqual({ a: waiting(1) });
    const quick: Policy = { ...slow, hysteresis: { ...slow.hysteresis, promoteAfter: 1 } };
    const failed = run(quick, [candidate("b", { sharpe: 0 })]);
    expect(run(quick, [candidate("b", { sharpe: 1 })], { ...again, hysteresis: failed.hysteresis }).selected).toEqual([
      "b",
    ]);
  });

  test("going back in time advances nothing", () => {
    const outcome = run(slow, [candidate("a", { sharpe: 1 })], {
      hysteresis: { a: waiting(1) },
      period: PERIOD - DAY,
      lastPeriod: PERIOD,
    });
    expect(outcome.hysteresis).toEqual({ a: waiting(1) });
  });
});

describe("refusals", () => {
  const codeOf = (call: () => unknown): string | undefined => {
    try {
      call();
    } catch (error) {
      if (isQmtlError(error)) return error.code;
    }
    return undefined;
  };

  test("a strategy twice, and a policy that was not the one compiled", () => {
    const twice = [candidate("a", { sharpe: 1 }), candidate("a", { sharpe: 2 })];
    expect(codeOf(() => run(open, twice))).toBe("policy.duplicate-candidate");
    const input = { policy: open, candidates: [], hysteresis: {}, period: 1, lastPeriod: undefined, now: 1 };
    expect(codeOf(() => applyPolicy(input, compilePolicy({ ...open, score: "drawdown" }, METRICS)))).toBe(
      "policy.compiled-for-another",
    );
  });
});
