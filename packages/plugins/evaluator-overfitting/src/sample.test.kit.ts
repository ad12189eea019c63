import type { EvaluationInput, EvaluatorResult, Plugin, SetupContext, TrialReturns } from "@qmtl/core/plugin";

const DAY = 86_400_000;

/** Draws in [-1, 1) that follow from a seed. */
export function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2_147_483_648 - 1;
  };
}

/** `count` rows of noise, each with a mean of its own. */
export function noise(
  count: number,
  periods: number,
  means: (trial: number) => number = () => 0,
  seed = 1,
): Float64Array[] {
  const draw = draws(seed);
  return Array.from({ length: count }, (_, trial) =>
    Float64Array.from({ length: periods }, () => means(trial) + 0.01 * (draw() + draw() + draw())),
  );
}

/** The input of a run that is the first of these trials. */
export function besides(rows: readonly Float64Array[], change: Partial<EvaluationInput> = {}): EvaluationInput {
  const returns = rows[0] ?? new Float64Array(0);
  const equity = new Float64Array(returns.length + 1).fill(1);
  returns.forEach((value, i) => {
    equity[i + 1] = equity[i]! * (1 + value);
  });
  const times = Float64Array.from(returns, (_, i) => (i + 1) * DAY);
  return {
    times,
    equity,
    returns,
    exposure: new Float64Array(returns.length).fill(1),
    turnover: 1,
    trades: [],
    periodsPerYear: 252,
    trials: rows.map((_, i) => ({ evalKey: keyOfTrial(i), periods: returns.length })),
    self: keyOfTrial(0),
    minTrialPeriods: 20,
    evidence: "backtest",
    trialReturns: trialReturns(rows, times),
    ...change,
  };
}

export function trialReturns(
  rows: readonly Float64Array[],
  times: Float64Array,
  leftOut: Partial<TrialReturns["leftOut"]> = {},
): TrialReturns {
  return {
    scope: "strategy",
    times,
    trials: rows.map((returns, i) => ({ evalKey: keyOfTrial(i), strategy: "tried", returns })),
    leftOut: { declared: 0, lost: 0, apart: 0, capped: 0, ...leftOut },
  };
}

export function keyOfTrial(trial: number): string {
  return `k${String(trial).padStart(4, "0")}`;
}

/** What a plugin answers, configured as a world would. @throws the first issue of the configuration */
export async function evaluateBy<C>(
  plugin: Plugin<"evaluator", C>,
  input: EvaluationInput,
  config: unknown = {},
): Promise<EvaluatorResult> {
  const checked = await plugin.config["~standard"].validate(config);
  if (checked.issues !== undefined) throw new Error(checked.issues.map(({ message }) => message).join("; "));
  return (await plugin.setup({} as SetupContext, checked.value)).evaluate(input);
}

export function numberOf({ metrics }: EvaluatorResult, name: string): number {
  const figure = metrics[name];
  if (figure?.kind !== "value") throw new Error(`${name}: ${figure?.because ?? "is not there"}`);
  return figure.value;
}
