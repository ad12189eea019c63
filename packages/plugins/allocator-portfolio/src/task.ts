import type { Square } from "./cholesky.ts";
import type { ShareLimit } from "./limits.ts";

/** The strategies to share out among, sorted by name, and what is known of them. */
export interface Task {
  readonly names: readonly string[];
  /** By strategy, over the sessions that all of them have; finite. */
  readonly returns: readonly Float64Array[];
  readonly covariance: Square;
  /** Its roots of variances; all above 0. */
  readonly deviations: Float64Array;
  readonly limits: readonly ShareLimit[];
  readonly held: Float64Array;
  /** Above 0. */
  readonly budget: number;
}

export interface Solved {
  readonly shares: Float64Array;
  /** What the method makes small, at these shares. */
  readonly objective: number;
  readonly binding: readonly { readonly limit: ShareLimit; readonly multiplier: number }[];
  readonly notes: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

/** A method gives shares, or a sentence that says why it can't. */
export type Answer = Solved | string;

export const UNSOLVED = "the shares could not be computed to within 1e-9";
