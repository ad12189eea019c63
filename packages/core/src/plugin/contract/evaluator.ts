/** A number, or why there is none. Never NaN, never Infinity. */
export type Figure =
  | { readonly kind: "value"; readonly value: number }
  | { readonly kind: "undefined"; readonly because: string };

/** What an evaluator may say of itself, so that world files and the editor can be checked without running it. */
export interface MetricDescription {
  readonly name: string;
  readonly formula: string;
  /** `fraction`, `ratio`, `count`, `probability`, `money`, `percent`, `bars`… */
  readonly unit: string;
  /** Which way is better, for hints. */
  readonly better: "higher" | "lower" | "neither";
  /** Paper or book, where the formula has one. */
  readonly source?: string;
  /** It depends on the other trials of the world's ledger, and so changes with every one of them. */
  readonly ledger?: true;
}

export interface TradeRecord {
  readonly symbol: string;
  readonly side: "long" | "short";
  /** Bar end (ms UTC) of the bar in which it was filled. */
  readonly entryTime: number;
  readonly exitTime: number;
  readonly quantity: number;
  /** Average prices, before fees. */
  readonly entryPrice: number;
  readonly exitPrice: number;
  /** Net of fees and slippage, in account currency. */
  readonly profit: number;
  readonly fees: number;
  readonly bars: number;
  /** Still open at the end of the run: marked, not closed. */
  readonly open: boolean;
}

/** One trial of the world's ledger at the evaluation frequency. */
export interface TrialStatistics {
  readonly evalKey: string;
  /** Number of per-period returns. */
  readonly periods: number;
  /** Per-period Sharpe ratio, sample standard deviation (ddof 1). Absent when undefined. */
  readonly sharpe?: number;
  readonly skew?: number;
  /** Raw (normal = 3). */
  readonly kurtosis?: number;
}

/** Whose trials: those of the run's strategy, or all of the world. */
export type TrialScope = "strategy" | "world";

/** Trials of the scope whose returns are not among {@link TrialReturns}, by reason. */
export interface TrialsLeftOut {
  /** Their returns were declared: nobody knows their times. */
  readonly declared: number;
  /** Their returns were not kept, or are gone. */
  readonly lost: number;
  /** They share less than half of the run's periods. */
  readonly apart: number;
  /** There are more than are read; those that stay are a sample by EvalKey, which no one can steer. */
  readonly capped: number;
}

/**
 * The returns of trials over the periods that all of them have, side by side. A variant (version and params) stands here once: of
 * several evaluations the one whose data end last, but the run's own for its own variant.
 */
export interface TrialReturns {
  readonly scope: TrialScope;
  /** Ends of the common periods, ms UTC, ascending. */
  readonly times: Float64Array;
  /** Sorted by EvalKey, which is `self` for the run's own. Empty when the run itself has no times, because its returns were declared. */
  readonly trials: readonly {
    readonly evalKey: string;
    readonly strategy: string;
    /** Simple net returns, one per entry of `times`; finite. */
    readonly returns: Float64Array;
  }[];
  readonly leftOut: TrialsLeftOut;
}

/**
 * Everything an evaluator sees; frozen. All arrays have one entry per evaluation period (a session). Of declared returns the times, the
 * exposure and the turnover are unknown: `NaN`.
 */
export interface EvaluationInput {
  /** Ends of the periods, ms UTC. */
  readonly times: Float64Array;
  /** Equity at the end of each period, from the first decision bar; one more entry than `returns`: the first is the starting equity. */
  readonly equity: Float64Array;
  /** Simple net returns per period. */
  readonly returns: Float64Array;
  /** Sum of absolute positions over equity at each period's end. */
  readonly exposure: Float64Array;
  /** Traded notional of the whole run over average equity. */
  readonly turnover: number;
  readonly trades: readonly TradeRecord[];
  readonly periodsPerYear: number;
  /** Trials of the world's ledger including this one; its own entry has `evalKey === self`. */
  readonly trials: readonly TrialStatistics[];
  readonly self: string;
  /** Trials shorter than this many periods do not count for deflation. */
  readonly minTrialPeriods: number;
  readonly evidence: "backtest" | "declared";
  /** For an evaluator that {@link Evaluator.needs | needs} them, and only where a world's ledger is at hand. */
  readonly trialReturns?: TrialReturns;
}

export interface Verdict {
  readonly verdict: "pass" | "fail" | "inconclusive";
  /** A sentence. */
  readonly reason: string;
}

export interface EvaluatorResult {
  /** One figure per described metric. */
  readonly metrics: Readonly<Record<string, Figure>>;
  /** Named checks beside the numbers, such as "enough history". */
  readonly checks: Readonly<Record<string, Verdict>>;
}

/** Pure and synchronous: equal input, equal output. */
export interface Evaluator {
  readonly metrics: readonly MetricDescription[];
  /** What it takes beyond the ledger's statistics. A world without an evaluator that needs them reads no returns of trials. */
  readonly needs?: { readonly trialReturns: TrialScope };
  evaluate(input: EvaluationInput): EvaluatorResult;
}
