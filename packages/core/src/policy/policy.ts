import type { Figure } from "../plugin/contract/evaluator.ts";

/** A world's policy as its file says it. Gates and score are CEL over the names of metrics. */
export interface Policy {
  /** Name to expression; all must hold. */
  readonly gates: Readonly<Record<string, string>>;
  readonly score: string;
  readonly constraints: { readonly correlation?: { readonly maxPairwise: number } };
  readonly topK: { readonly total: number };
  readonly hysteresis: Hysteresis;
  /** Trials with fewer evaluation periods do not count for deflation, and a candidate with fewer is inconclusive. */
  readonly minPeriods: number;
  /** A world that follows: the data may end at most this long before now, in ms. Absent in a world that pins `as_of`. */
  readonly maxLag?: number;
}

export interface Hysteresis {
  /** Score at or above which a strategy that is not active may enter. */
  readonly enter: number;
  /** Score below which an active one leaves. */
  readonly exit: number;
  /** Consecutive evaluation periods that must say so. */
  readonly promoteAfter: number;
  readonly demoteAfter: number;
  /** Evaluation periods an active strategy stays at least. */
  readonly minDwell: number;
}

export type PolicyStage = "data-currency" | "evidence" | "gates" | "score" | "constraints" | "top-k" | "hysteresis";

/** One strategy version that competes. */
export interface PolicyCandidate {
  readonly strategy: string;
  readonly version: string;
  readonly metrics: Readonly<Record<string, Figure>>;
  /** Per-session returns and their times (ms UTC), for correlations. */
  readonly times: Float64Array;
  readonly returns: Float64Array;
  readonly evidence: "backtest" | "declared";
  /** The end of the data it was evaluated on, ms UTC. */
  readonly dataEnd: number;
  /** A check of an evaluator said "inconclusive", with its reason. */
  readonly inconclusive: readonly string[];
}

/** Per strategy, persisted with every decision; advances once per evaluation period. */
export interface HysteresisState {
  readonly active: boolean;
  /** Consecutive periods at or above `enter` while inactive, or below `exit` while active. */
  readonly streak: number;
  /** Periods since activation. */
  readonly dwell: number;
}

export interface PolicyInput {
  readonly policy: Policy;
  readonly candidates: readonly PolicyCandidate[];
  /** As the last committed decision left it, by strategy. */
  readonly hysteresis: Readonly<Record<string, HysteresisState>>;
  /** The evaluation period (end of data, ms UTC) that this decision is taken for, and the last one's. Equal: counters stand still. */
  readonly period: number;
  readonly lastPeriod: number | undefined;
  /** Now, ms UTC; only a world that follows uses it. */
  readonly now: number;
}

export interface Exclusion {
  readonly stage: PolicyStage;
  /** The gate, constraint or check by name. */
  readonly rule: string;
  readonly metric?: string;
  readonly value?: number;
  readonly bound?: number;
  /** How far the value is from the bound, in the metric's unit. 0 where a strict bound is met exactly. */
  readonly distance?: number;
  /** A sentence. */
  readonly reason: string;
  /** What would help. */
  readonly hint?: string;
}

export interface PolicyVerdict {
  readonly strategy: string;
  readonly version: string;
  readonly verdict: "selected" | "excluded" | "inconclusive";
  /** 1 is best, among those that have a score. */
  readonly rank?: number;
  readonly score?: number;
  readonly exclusions: readonly Exclusion[];
  /** What did not decide but should be seen: a correlation that could not be known, an incumbent below `exit` that stays. */
  readonly notes: readonly string[];
  /** Every gate with what it compared. */
  readonly gates: readonly {
    readonly name: string;
    readonly expression: string;
    readonly passed: boolean;
    readonly because?: string;
  }[];
}

export interface PolicyOutcome {
  /** In the order of the candidates. */
  readonly verdicts: readonly PolicyVerdict[];
  /** Selected strategies by rank. */
  readonly selected: readonly string[];
  readonly hysteresis: Readonly<Record<string, HysteresisState>>;
}
