import type {
  EvaluationInput,
  Evaluator,
  EvaluatorResult,
  TradeRecord,
  TrialReturns,
  TrialStatistics,
} from "../plugin/contract/evaluator.ts";
import type { Plugin } from "../plugin/contract/plugin.ts";
import { checkMetrics, checkNeeds, checkResult, copyEvaluationInput } from "../plugin/host/guard-evaluator.ts";
import { claim, claimSame } from "./claim.ts";
import { failCase, openPlugin, type Setting } from "./opened.ts";
import { pluginCases } from "./plugin-cases.ts";
import { type Chance, chance } from "./random.ts";
import type { TestRunner } from "./runner.ts";

export interface EvaluatorSuite extends Setting {
  readonly plugin: Plugin<"evaluator", unknown>;
}

const DAY = 86_400_000;

/**
 * The laws of an evaluator over generated runs: long, short, empty, flat, ruinous. One that needs the returns of trials gets them
 * beside each run.
 *
 * @example
 * import { describe, test } from "vitest";
 * evaluatorSuite({ describe, test }, { plugin: evaluatorStandard, config: {}, root: "." });
 */
export function evaluatorSuite(runner: TestRunner, suite: EvaluatorSuite): void {
  const { plugin } = suite;
  runner.describe(`evaluator ${plugin.name}`, () => {
    const { test } = runner;
    pluginCases(runner, plugin, () => suite);

    const opened = async (body: (evaluator: Evaluator) => void): Promise<void> => {
      const { instance, close } = await openPlugin(plugin, suite);
      body(instance);
      await close();
    };
    const result = (evaluator: Evaluator, input: EvaluationInput): EvaluatorResult =>
      checkResult(evaluator.evaluate(copyEvaluationInput(input)), evaluator.metrics, failCase);

    test("EV-01 describes every metric once, with formula, unit and direction, and what it needs", () =>
      opened((evaluator) => {
        checkMetrics(evaluator.metrics, failCase);
        checkNeeds(evaluator.needs, failCase);
      }));

    test("EV-02 gives a finite figure, or a reason, for each described metric and for no other", () =>
      opened((evaluator) => {
        const random = chance(2);
        for (let i = 0; i < 100; i++)
          result(evaluator, besideTrials(evaluator, someRun(random, random.integer(3, 600)), random));
      }));

    test("EV-03 leaves its input as it is", () =>
      opened((evaluator) => {
        const random = chance(3);
        for (let i = 0; i < 30; i++) {
          const run = someRun(random, random.integer(0, 300));
          const input = copyEvaluationInput(besideTrials(evaluator, run, random));
          const before = copyEvaluationInput(input);
          evaluator.evaluate(input);
          claimSame(input, before, "the input after the call");
        }
      }));

    test("EV-04 gives the same bits 100 times, whatever it evaluated in between", () =>
      opened((evaluator) => {
        const input = besideTrials(evaluator, someRun(chance(4), 300), chance(4));
        const other = besideTrials(evaluator, someRun(chance(40), 200), chance(40));
        const first = result(evaluator, input);
        for (let i = 0; i < 100; i++) {
          if (i % 3 > 0) result(evaluator, other);
          claimSame(result(evaluator, input), first, "a repeated answer");
        }
      }));

    test("EV-05 says of a short sample that it is inconclusive", () =>
      opened((evaluator) => {
        for (const periods of [0, 1, 2]) {
          const { checks } = result(evaluator, besideTrials(evaluator, someRun(chance(5), periods), chance(5)));
          const verdicts = Object.values(checks).map(({ verdict }) => verdict);
          claim(verdicts.includes("inconclusive"), `no check is inconclusive after ${periods} periods`);
        }
      }));

    test("EV-06 stays finite for runs that are flat, ruinous, huge or without trades", () =>
      opened((evaluator) => {
        for (const returns of [
          new Float64Array(100),
          new Float64Array(100).fill(0.001),
          new Float64Array(100).fill(-0.5),
          new Float64Array(100).fill(0.5),
          Float64Array.from({ length: 100 }, (_, i) => (i === 50 ? -1 : 0)),
          Float64Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 1e-200 : -1e-200)),
        ])
          result(
            evaluator,
            besideTrials(
              evaluator,
              { ...someRun(chance(6), 100), returns, equity: equityOf(returns), trades: [], turnover: 0 },
              chance(6),
            ),
          );
      }));

    test("EV-07 does not depend on the order of the ledger's trials", () =>
      opened((evaluator) => {
        const random = chance(7);
        for (let i = 0; i < 20; i++) {
          const input = besideTrials(evaluator, someRun(random, 250), random);
          const straight = result(evaluator, input);
          const mixed = result(evaluator, {
            ...input,
            trials: random.shuffle(input.trials),
            ...(input.trialReturns !== undefined && {
              trialReturns: { ...input.trialReturns, trials: random.shuffle(input.trialReturns.trials) },
            }),
          });
          for (const [name, figure] of Object.entries(straight.metrics)) claimClose(name, figure, mixed.metrics[name]);
        }
      }));

    test("EV-08 accepts declared evidence and a ledger that holds only the run itself", () =>
      opened((evaluator) => {
        const input = someRun(chance(8), 250);
        const trials = input.trials.filter(({ evalKey }) => evalKey === input.self);
        result(evaluator, { ...input, trials, evidence: "declared" });
        result(evaluator, { ...input, trials: [{ evalKey: input.self, periods: input.returns.length }] });
      }));

    test("EV-09 accepts returns of trials that are none, one, all alike, all flat, or shorter than the run", () =>
      opened((evaluator) => {
        const { needs } = evaluator;
        if (needs === undefined) return;
        const random = chance(9);
        const input = someRun(random, 250);
        const given = (count: number, times: Float64Array, row: (trial: number) => Float64Array): void => {
          const trials = Array.from({ length: count }, (_, i) => ({
            evalKey: i === 0 ? input.self : `trial-${i}`,
            strategy: "tried",
            returns: row(i),
          }));
          result(evaluator, {
            ...input,
            trialReturns: { scope: needs.trialReturns, times, trials, leftOut: NOTHING_LEFT_OUT },
          });
        };
        const { times, returns } = input;
        given(0, new Float64Array(0), () => returns);
        given(1, times, () => returns);
        given(20, times, () => returns);
        given(20, times, () => new Float64Array(250));
        given(20, times, (trial) => new Float64Array(250).fill(trial / 1000));
        for (const periods of [0, 1, 2, 3, 17, 130])
          given(20, times.slice(0, periods), () => returns.map(() => 0.01 * random.normal()).slice(0, periods));
      }));
  });
}

const NOTHING_LEFT_OUT: TrialReturns["leftOut"] = { declared: 0, lost: 0, apart: 0, capped: 0 };

/** The input with some trials' returns beside the run's own, if the evaluator needs them. */
function besideTrials({ needs }: Evaluator, input: EvaluationInput, random: Chance): EvaluationInput {
  if (needs === undefined) return input;
  const others = Array.from({ length: random.integer(0, 15) }, (_, i) => ({
    evalKey: `trial-${i}`,
    strategy: random.pick(["tried", "other"]),
    returns: input.returns.map((own) => random.pick([0, 0.5, 1]) * own + 0.01 * random.normal()),
  }));
  const trials = [...others, { evalKey: input.self, strategy: "tried", returns: input.returns }].sort((a, b) =>
    a.evalKey < b.evalKey ? -1 : 1,
  );
  return {
    ...input,
    trialReturns: { scope: needs.trialReturns, times: input.times, trials, leftOut: NOTHING_LEFT_OUT },
  };
}

function claimClose(
  name: string,
  figure: EvaluatorResult["metrics"][string],
  other: EvaluatorResult["metrics"][string] | undefined,
): void {
  claimSame(other?.kind, figure.kind, name);
  if (figure.kind !== "value" || other?.kind !== "value") return;
  const gap = Math.abs(figure.value - other.value);
  claim(
    gap <= 1e-9 * Math.max(1, Math.abs(figure.value)),
    `${name} is ${figure.value}, and ${other.value} in another order`,
  );
}

function someRun(random: Chance, periods: number): EvaluationInput {
  const returns = Float64Array.from({ length: periods }, () => 0.0004 + 0.01 * random.normal());
  const times = Float64Array.from({ length: periods }, (_, i) => (i + 1) * DAY);
  const trials: TrialStatistics[] = Array.from({ length: random.integer(0, 6) }, (_, i) => ({
    evalKey: `trial-${i}`,
    periods: random.integer(2, 800),
    sharpe: 0.1 * random.normal(),
    skew: random.normal(),
    kurtosis: 3 + random.next(),
  }));
  const self: TrialStatistics = {
    evalKey: "self",
    periods,
    ...(periods > 2 && { sharpe: 0.04, skew: 0, kurtosis: 3 }),
  };
  return {
    times,
    equity: equityOf(returns),
    returns,
    exposure: Float64Array.from({ length: periods }, () => random.next()),
    turnover: 10 * random.next(),
    trades: Array.from({ length: periods > 10 ? random.integer(0, 20) : 0 }, (_, i) => someTrade(random, i)),
    periodsPerYear: 252,
    trials: [...trials, self],
    self: "self",
    minTrialPeriods: 60,
    evidence: "backtest",
  };
}

function someTrade(random: Chance, index: number): TradeRecord {
  const entryPrice = 100 * (1 + random.next());
  const exitPrice = entryPrice * (1 + 0.05 * random.normal());
  return {
    symbol: random.pick(["AAA", "BBB"]),
    side: random.pick(["long", "short"]),
    entryTime: index * DAY,
    exitTime: (index + 3) * DAY,
    quantity: 10,
    entryPrice,
    exitPrice,
    profit: 10 * (exitPrice - entryPrice) - 0.2,
    fees: 0.2,
    bars: 3,
    open: false,
  };
}

/** One entry more than the returns: the first is the starting equity. */
function equityOf(returns: Float64Array): Float64Array {
  const equity = new Float64Array(returns.length + 1).fill(100_000);
  returns.forEach((value, i) => {
    equity[i + 1] = (equity[i] ?? 0) * (1 + value);
  });
  return equity;
}
