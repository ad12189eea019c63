/** One strategy version that may get capital. */
export interface AllocationCandidate {
  readonly strategy: string;
  readonly version: string;
  readonly active: boolean;
  readonly score: number;
  /** Per-session returns, aligned over all candidates by `times`; `NaN` where a candidate has none. */
  readonly returns: Float64Array;
  /** The share that it holds now; absent for none. What a limit on turnover counts from. */
  readonly held?: number;
}

export interface AllocationInput {
  readonly candidates: readonly AllocationCandidate[];
  readonly times: Float64Array;
  /** Most that all shares may sum to. */
  readonly budget: number;
}

export interface AllocatedShare {
  readonly strategy: string;
  /** Fraction of the world's equity, 0 to 1. */
  readonly share: number;
}

/**
 * Pure and synchronous. Laws (checked by the testing kit and on every call): shares are finite, in [0, 1], sum to at most
 * `budget`; inactive candidates get 0; the order of the candidates does not matter; equal input, equal output.
 */
export interface Allocator {
  allocate(input: AllocationInput): readonly AllocatedShare[];
  /**
   * The same shares with what stands behind them. With `relax` every limit that binds is solved again a little wider, to show what it
   * costs; without, it takes no longer than `allocate`.
   */
  explain?(input: AllocationInput, options: { readonly relax: boolean }): AllocationExplanation;
}

/** Why the shares are what they are. */
export interface AllocationExplanation {
  readonly shares: readonly AllocatedShare[];
  /** The method that gave the shares, by its word. */
  readonly method: string;
  /** Present when `method` stood in for the one that the world asks for: a sentence that says why. */
  readonly fallback?: string;
  /** Sentences: which limits gave way, who has no history. */
  readonly notes: readonly string[];
  /** Figures by name, such as `volatility` (per session) or `shrinkage`. */
  readonly figures: Readonly<Record<string, number>>;
  readonly binding: readonly BindingLimit[];
}

/** A limit without which the shares would be others. */
export interface BindingLimit {
  /** `max of trend`, `turnover`. */
  readonly name: string;
  readonly kind: "min" | "max" | "turnover" | "cost" | "budget";
  /** A strategy or a group; absent where the limit is about all. */
  readonly of?: string;
  readonly bound: number;
  /** What the method's objective gains per unit of the bound, in the units of the objective. */
  readonly multiplier: number;
  /** With the limit that much wider: what the objective gains, and the shares that change. */
  readonly relaxed?: { readonly bound: number; readonly gain: number; readonly shares: readonly AllocatedShare[] };
}
