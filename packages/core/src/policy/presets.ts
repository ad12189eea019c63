import type { Policy } from "./policy.ts";

/** Scores are annualised Sharpe ratios, which never come near: no score is too low to enter or to stay. */
const ANY_SCORE = -1_000_000;

/**
 * Policies to start from, over the metrics of the standard evaluator. Ratios are annualised, so the same bar holds for daily and for
 * minute strategies; drawdown and win rate are fractions. None says anything of live: that is a world's `allow_live`.
 */
export const POLICY_PRESETS = {
  /** Everything that can be scored, for looking around. */
  sandbox: {
    gates: {},
    score: "sharpe",
    constraints: {},
    topK: { total: 10 },
    hysteresis: { enter: ANY_SCORE, exit: ANY_SCORE, promoteAfter: 1, demoteAfter: 1, minDwell: 0 },
    minPeriods: 20,
  },
  conservative: {
    gates: {
      sharpe: "sharpe >= 1.0",
      drawdown: "max_drawdown <= 0.15",
      win_rate: "win_rate >= 0.55",
      profit_factor: "profit_factor >= 1.5",
    },
    score: "sharpe",
    constraints: { correlation: { maxPairwise: 0.5 } },
    topK: { total: 3 },
    hysteresis: { enter: 1, exit: 0.8, promoteAfter: 3, demoteAfter: 2, minDwell: 5 },
    minPeriods: 252,
  },
  moderate: {
    gates: {
      sharpe: "sharpe >= 0.7",
      drawdown: "max_drawdown <= 0.25",
      win_rate: "win_rate >= 0.5",
      profit_factor: "profit_factor >= 1.2",
    },
    score: "sharpe",
    constraints: { correlation: { maxPairwise: 0.7 } },
    topK: { total: 5 },
    hysteresis: { enter: 0.7, exit: 0.5, promoteAfter: 2, demoteAfter: 2, minDwell: 3 },
    minPeriods: 126,
  },
  aggressive: {
    gates: {
      sharpe: "sharpe >= 0.5",
      drawdown: "max_drawdown <= 0.4",
      profit_factor: "profit_factor >= 1.0",
    },
    score: "sharpe",
    constraints: { correlation: { maxPairwise: 0.85 } },
    topK: { total: 8 },
    hysteresis: { enter: 0.5, exit: 0.3, promoteAfter: 1, demoteAfter: 1, minDwell: 0 },
    minPeriods: 63,
  },
} as const satisfies Readonly<Record<string, Policy>>;

export type PolicyPresetName = keyof typeof POLICY_PRESETS;
