import type { Square } from "./cholesky.ts";
import type { Row } from "./program-rows.ts";

/** `row . x <= bound`: strictly without a weight, else each unit above it costs `weight`. */
export interface Limit extends Row {
  readonly weight?: number;
}

/**
 * Minimise `x' Q x / 2 + linear . x` plus the price of what is above its limit. `Q` is positive semidefinite and belongs to the first
 * `quadratic.size` of the `linear.length` variables; size 0 says that the program is linear, which is solved in fewer steps.
 */
export interface QuadraticProgram {
  readonly quadratic: Square;
  readonly linear: Float64Array;
  readonly equal: readonly Row[];
  readonly limits: readonly Limit[];
  /** Where to begin: the nearer, the fewer steps. Default: away from all limits. */
  readonly guess?: Float64Array;
}
