/**
 * How far a version may come, and what it has to show on the way: `backtest` computes history, `paper` follows the feeds with simulated
 * orders, `candidate` still does and waits for a person's word, `live` sends real ones.
 */
export type Stage = "backtest" | "paper" | "candidate" | "live";

/** In rising order. */
export const STAGES: readonly Stage[] = ["backtest", "paper", "candidate", "live"];

/** A world's rules for coming and going between stages, with every default filled in. */
export interface CampaignConfig {
  /** Evaluation periods that a backtest has to have before its version may come to paper. */
  readonly backtest: { readonly minSamples: number };
  /** What a version realised on paper lets it become a candidate, and stay. */
  readonly paper: RealisedRules;
  /** What it realised live lets it stay there. */
  readonly live: RealisedRules;
  readonly bounds: RealisedBounds;
  /** Consecutive evaluation periods whose evidence has to speak for the next stage. */
  readonly promoteAfter: number;
  /** Consecutive evaluation periods whose evidence has to speak against this one. */
  readonly demoteAfter: number;
  /** Evaluation periods that a version stays in a stage, whatever it realised. What the world no longer selects leaves at once. */
  readonly minDwell: number;
  /** Ms of the periods' time after a demotion in which nothing moves up. */
  readonly cooldown: number;
  readonly canary?: Canary;
}

export interface RealisedRules {
  /** The newest evaluation periods that are judged. */
  readonly window: number;
  /** With fewer the evidence is inconclusive. */
  readonly minSamples: number;
  /** Strategies at this stage at most; absent: as many as the policy selects. Nobody is put out by a smaller number. */
  readonly slots?: number;
}

/** What is realised in relation to the backtest. Sharpe ratios are per period: they do not depend on how much capital was given. */
export interface RealisedBounds {
  /** Of the backtest's Sharpe ratio: at or above it the evidence speaks for the next stage. */
  readonly minRatio: number;
  /** Standard errors of the difference: further below the backtest's Sharpe ratio the evidence speaks against the version. */
  readonly maxShortfall: number;
  /** Fraction; deeper within the window speaks against it, however few its samples. */
  readonly maxDrawdown?: number;
}

/** The first periods of a version that went live. */
export interface Canary {
  /** Of the strategies that are ready, those that may become candidates in one period; drawn by {@link canaryScore}. */
  readonly fraction: number;
  /** Of the capital that it was given, until it has been live for `periods`. */
  readonly scale: number;
  readonly periods: number;
}

/** One thing that was compared. */
export interface StageFinding {
  readonly rule: "samples" | "drawdown" | "shortfall" | "ratio";
  readonly verdict: "pass" | "fail" | "inconclusive";
  readonly metric: string;
  /** Absent where it can't be computed. */
  readonly value?: number;
  readonly bound: number;
  /** How far the value is from the bound, in the metric's unit. */
  readonly distance?: number;
  /** A sentence. */
  readonly reason: string;
}

/**
 * Why a version that might move up does not. `mode` is the world's `max_mode`; `approval` waits for a person.
 */
export type Hold = (typeof HOLDS)[number];

export const HOLDS = [
  "cooldown",
  "promote-after",
  "min-dwell",
  "slots",
  "canary",
  "mode",
  "allow-live",
  "approval",
] as const;

/** Per strategy, persisted with every decision; counters advance once per evaluation period. */
export interface StageState {
  readonly stage: Stage;
  readonly version: string;
  readonly params: Readonly<Record<string, number | string>>;
  /** Consecutive periods whose evidence spoke for the next stage, or against this one. */
  readonly passes: number;
  readonly fails: number;
  /** Periods in this stage. */
  readonly dwell: number;
  /** The last that was counted, ms UTC. */
  readonly period: number;
  /** The last move that its evidence, or a person, made; within the same period there is no other. */
  readonly moved?: { readonly period: number; readonly from: Stage };
  /** End of the cooldown, ms UTC. */
  readonly until?: number;
  /** Who let it go live, and with which share at most. */
  readonly approved?: { readonly actor: string; readonly share: number };
  readonly verdict: "pass" | "fail" | "inconclusive";
  readonly hold?: Hold;
  /** A sentence. */
  readonly reason: string;
  readonly findings: readonly StageFinding[];
}

/** Of a version's capital: a canary has less. */
export function scaleOf({ stage, dwell }: Pick<StageState, "stage" | "dwell">, { canary }: CampaignConfig): number {
  return stage === "live" && canary !== undefined && dwell < canary.periods ? canary.scale : 1;
}
