/** One strategy version that may get capital. */
export interface AllocationCandidate {
  readonly strategy: string;
  readonly version: string;
  readonly active: boolean;
  readonly score: number;
  /** Per-session returns, aligned over all candidates by `times`; `NaN` where a candidate has none. */
  readonly returns: Float64Array;
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
}
