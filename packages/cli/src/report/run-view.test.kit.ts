import type { RunView } from "@qmtl/core";

const DAY = 86_400_000;

/** Where the sessions of {@link runView} begin: a Monday. */
export const FIRST_DAY = Date.UTC(2024, 0, 1);

/** A run of one symbol with these returns, one per day around the clock. */
export function runView(
  parts: Partial<Omit<RunView, "run">> & {
    readonly returns?: readonly number[];
    readonly run?: Partial<RunView["run"]>;
  } = {},
): RunView {
  const { returns = [0.01, -0.02, 0.03, 0.01], run, ...rest } = parts;
  const equity = [1000];
  for (const value of returns) equity.push((equity.at(-1) as number) * (1 + value));
  const times = returns.map((_, i) => FIRST_DAY + (i + 2) * DAY);
  return {
    world: "tested",
    strategy: "sample",
    evalKey: "e".repeat(64),
    version: "f".repeat(64),
    params: { fast: 10 },
    evidence: "backtest",
    identity: "file",
    engine: "engine/1",
    dataset: {
      fingerprint: "a".repeat(64),
      commit: "b".repeat(64),
      asOf: times.at(-1) ?? FIRST_DAY,
      end: times.at(-1) ?? FIRST_DAY,
      pointInTime: true,
    },
    currency: "USD",
    metrics: [
      {
        name: "sharpe",
        figure: { kind: "value", value: 1.25 },
        description: { name: "sharpe", formula: "mean(r) / sd(r)", unit: "ratio per year", better: "higher" },
      },
      { name: "calmar", figure: { kind: "undefined", because: "there was no drawdown" } },
    ],
    checks: { enough_periods: { verdict: "pass", reason: "4 periods are enough" } },
    decision: {
      revision: 5,
      verdict: "excluded",
      share: 0,
      mode: "compute-only",
      reason: "sharpe is 1.25 and must be at least 2",
      notes: [],
      gates: [
        {
          name: "sharp",
          expression: "sharpe >= 2.0",
          passed: false,
          because: "sharpe is 1.25 and must be at least 2",
          comparisons: [{ metric: "sharpe", value: 1.25, operator: ">=", bound: 2, distance: 0.75, holds: false }],
        },
      ],
      exclusions: [],
    },
    guards: {
      cuts: ["2024-01-02T00:00:00Z"],
      pointInTime: true,
      codeRead: true,
      rows: 12,
      pathDependent: [],
      unsettled: ["slow"],
      ties: { compared: 4, fragile: 1 },
      costs: { asCharged: { totalReturn: 0.03, sharpe: 1.25 }, doubled: { totalReturn: 0.01, sharpe: 0.5 } },
      parts: [
        { by: "third", name: "1", periods: 1, totalReturn: 0.01, sharpe: null, maxDrawdown: 0 },
        { by: "year", name: "2024", periods: 4, totalReturn: 0.03, sharpe: 1.25, maxDrawdown: 0.02 },
      ],
      concentration: { bestFive: null, bestYear: null },
      findings: [
        {
          rule: "guard.ties",
          kind: "tie",
          severity: "doubt",
          message: "A decision turns on the last digits",
          hint: "Compare with a margin.",
          node: "trend",
          place: { file: "strategies/sample.ts", line: 7 },
        },
      ],
    },
    trials: 3,
    command: "qmtl submit strategies/sample.ts --world tested",
    ...rest,
    run: {
      format: 3,
      evidence: "backtest",
      period: "1d",
      start: FIRST_DAY + DAY,
      times,
      equity,
      returns,
      exposure: returns.map(() => 1),
      periodsPerYear: 365,
      turnover: 2,
      trades: returns.length < 2 ? [] : [trade(times[0] as number, times[1] as number)],
      fees: 3,
      slippage: 1,
      holding: { borrow: 5, interest: -2, dividends: 0 },
      costs: {
        fees: returns.map((_, i) => (i < 2 ? 1.5 : 0)),
        slippage: returns.map((_, i) => (i < 2 ? 0.5 : 0)),
      },
      prices: [{ symbol: "SYM", closes: equity.slice(1).map((value) => value / 10) }],
      notes: ["Something happened."],
      guards: null,
      computed: { nodes: 3, rows: 12 },
      ...run,
    },
  };
}

/** What is kept of returns that were declared. */
export function declaredView(returns: readonly number[]): RunView {
  const unknown = returns.map(() => null);
  return runView({
    returns,
    evidence: "declared",
    guards: null,
    run: {
      evidence: "declared",
      start: null,
      times: unknown,
      exposure: unknown,
      turnover: null,
      trades: [],
      fees: 0,
      slippage: 0,
      holding: { borrow: 0, interest: 0, dividends: 0 },
      costs: { fees: [], slippage: [] },
      prices: [],
    },
  });
}

export function trade(entryTime: number, exitTime: number): RunView["run"]["trades"][number] {
  return {
    symbol: "SYM",
    side: "long",
    entryTime,
    exitTime,
    quantity: 10,
    entryPrice: 100,
    exitPrice: 101.5,
    profit: 12,
    fees: 3,
    bars: 1,
    open: false,
  };
}
