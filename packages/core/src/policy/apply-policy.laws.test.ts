import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { correlation } from "../evaluation/correlation.ts";
import type { Figure, MetricDescription } from "../plugin/contract/evaluator.ts";
import { applyPolicy } from "./apply-policy.ts";
import { compilePolicy } from "./compile-policy.ts";
import type { HysteresisState, Policy, PolicyCandidate, PolicyInput, PolicyOutcome } from "./policy.ts";

const METRICS: readonly MetricDescription[] = ["sharpe", "drawdown"].map((name) => ({
  name,
  formula: "",
  unit: "ratio",
  better: "higher",
}));
const DAY = 86_400_000;
const TIMES = Float64Array.from({ length: 30 }, (_, i) => i * DAY);

// Few phases, so that pairs that are too alike are common; few scores, so that ties are.
function returnsOf(phase: number): Float64Array {
  return TIMES.map((_, i) => Math.sin(i * (1 + phase / 3)) / 100);
}

const figure: fc.Arbitrary<Figure> = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: -4, max: 12 }).map((n): Figure => ({ kind: "value", value: n / 8 })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Figure>({ kind: "undefined", because: "so" }, { kind: "value", value: Number.NaN }),
  },
);

const candidates = fc
  .uniqueArray(
    fc.record({
      strategy: fc.constantFrom(..."abcdefghijkl"),
      sharpe: figure,
      drawdown: figure,
      phase: fc.nat(5),
      declared: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      doubted: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    }),
    { selector: ({ strategy }) => strategy, maxLength: 8 },
  )
  .map((all) =>
    all.map(
      ({ strategy, sharpe, drawdown, phase, declared, doubted }): PolicyCandidate => ({
        strategy,
        version: `${strategy}@1`,
        metrics: { sharpe, drawdown },
        times: TIMES,
        returns: returnsOf(phase),
        evidence: declared ? "declared" : "backtest",
        dataEnd: 0,
        inconclusive: doubted ? ["x: y"] : [],
      }),
    ),
  );

const policies = fc
  .record({
    total: fc.integer({ min: 1, max: 4 }),
    maxPairwise: fc.option(fc.constantFrom(0.2, 0.5, 0.9), { nil: undefined }),
    exit: fc.integer({ min: -2, max: 6 }),
    above: fc.nat(4),
    promoteAfter: fc.integer({ min: 1, max: 3 }),
    demoteAfter: fc.integer({ min: 1, max: 3 }),
    minDwell: fc.nat(3),
    gate: fc.boolean(),
  })
  .map(
    ({ total, maxPairwise, exit, above, gate, ...rest }): Policy => ({
      gates: gate ? { safe: "drawdown <= 1" } : {},
      score: "sharpe",
      constraints: maxPairwise === undefined ? {} : { correlation: { maxPairwise } },
      topK: { total },
      hysteresis: { enter: (exit + above) / 8, exit: exit / 8, ...rest },
      minPeriods: 20,
    }),
  );

const states: fc.Arbitrary<Record<string, HysteresisState>> = fc.dictionary(
  fc.constantFrom(..."abcdefghijkl"),
  fc.oneof(
    fc.record({ active: fc.constant(true), streak: fc.nat(2), dwell: fc.nat(4) }),
    fc.record({ active: fc.constant(false), streak: fc.nat(3), dwell: fc.constant(0) }),
  ),
);

const inputs: fc.Arbitrary<PolicyInput> = fc.record({
  policy: policies,
  candidates,
  hysteresis: states,
  period: fc.constant(2 * DAY),
  lastPeriod: fc.constantFrom(undefined, DAY, 2 * DAY),
  now: fc.constant(0),
});

function run(input: PolicyInput): PolicyOutcome {
  return applyPolicy(input, compilePolicy(input.policy, METRICS));
}

const RUNS = { numRuns: 1000 };

describe("laws of the policy", () => {
  test("the order of the candidates does not matter", () => {
    fc.assert(
      fc.property(
        inputs.chain((input) =>
          fc.tuple(
            fc.constant(input),
            fc.shuffledSubarray([...input.candidates], { minLength: input.candidates.length }),
          ),
        ),
        ([input, shuffled]) => {
          const plain = run(input);
          const other = run({ ...input, candidates: shuffled });
          expect(other.selected).toEqual(plain.selected);
          expect(other.hysteresis).toEqual(plain.hysteresis);
          const byName = (outcome: PolicyOutcome) =>
            new Map(outcome.verdicts.map((verdict) => [verdict.strategy, verdict]));
          expect(byName(other)).toEqual(byName(plain));
        },
      ),
      RUNS,
    );
  });

  test("deciding again on the same period changes neither the selection nor the counters", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const first = run(input);
        const again = run({ ...input, hysteresis: first.hysteresis, lastPeriod: input.period });
        expect(again.selected).toEqual(first.selected);
        expect(again.hysteresis).toEqual(first.hysteresis);
        const ranks = ({ verdicts }: PolicyOutcome) =>
          verdicts.map(({ rank, score, verdict }) => [rank, score, verdict]);
        expect(ranks(again)).toEqual(ranks(first));
      }),
      RUNS,
    );
  });

  test("never more than top-k, never two too alike, never without evidence or a finite score", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { selected, verdicts, hysteresis } = run(input);
        const { policy } = input;
        expect(selected.length).toBeLessThanOrEqual(policy.topK.total);
        const places = selected.map((name) => input.candidates.find(({ strategy }) => strategy === name)!);
        const bound = policy.constraints.correlation?.maxPairwise ?? 1;
        for (const [i, a] of places.entries()) {
          expect(a.evidence).toBe("backtest");
          expect(a.inconclusive).toEqual([]);
          const score = a.metrics["sharpe"]!;
          expect(score.kind === "value" && Number.isFinite(score.value)).toBe(true);
          for (const b of places.slice(i + 1)) {
            const alike = correlation(a, b);
            if (alike.kind === "value") expect(Math.abs(alike.value)).toBeLessThanOrEqual(bound);
          }
        }
        for (const verdict of verdicts) {
          const chosen = selected.includes(verdict.strategy);
          expect(verdict.verdict === "selected").toBe(chosen);
          expect(verdict.exclusions.length === 0).toBe(chosen);
          expect(hysteresis[verdict.strategy]!.active).toBe(chosen);
        }
        const ranks = selected.map((name) => verdicts.find(({ strategy }) => strategy === name)!.rank!);
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
      }),
      RUNS,
    );
  });

  test("a newcomer with a worse score changes nothing for better ones", () => {
    fc.assert(
      fc.property(inputs, fc.nat(5), fc.nat(3), (input, phase, streak) => {
        const scores = input.candidates.flatMap(({ metrics }) => {
          const { sharpe } = metrics;
          return sharpe?.kind === "value" && Number.isFinite(sharpe.value) ? [sharpe.value] : [];
        });
        const worst = Math.min(0, ...scores) - 1 / 8;
        const added: PolicyCandidate = {
          strategy: "newcomer",
          version: "1",
          metrics: { sharpe: { kind: "value", value: worst }, drawdown: { kind: "value", value: 0 } },
          times: TIMES,
          returns: returnsOf(phase),
          evidence: "backtest",
          dataEnd: 0,
          inconclusive: [],
        };
        const hysteresis = { ...input.hysteresis, newcomer: { active: false, streak, dwell: 0 } };
        const joined = run({ ...input, candidates: [added, ...input.candidates], hysteresis });
        expect(joined.selected.filter((name) => name !== "newcomer")).toEqual(run(input).selected);
      }),
      RUNS,
    );
  });

  test("counters grow by at most one per period", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { hysteresis } = run(input);
        for (const [name, after] of Object.entries(hysteresis)) {
          const before = input.hysteresis[name] ?? { active: false, streak: 0, dwell: 0 };
          expect(after.streak).toBeLessThanOrEqual(
            Math.max(1, before.streak + (input.lastPeriod === input.period ? 0 : 1)),
          );
          if (after.active && before.active)
            expect(after.dwell - before.dwell).toBe(input.lastPeriod === input.period ? 0 : 1);
        }
      }),
      RUNS,
    );
  });
});
