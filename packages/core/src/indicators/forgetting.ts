/**
 * When the start of an exponentially forgetting average stops to matter: once it weighs less than 1e-14. The two digits below
 * the promised 1e-12 are for a start that lay far from today's values.
 */
const NEGLIGIBLE = 1e-14;

/** Rows until `(1 - gain)^rows` is negligible. */
export function rowsToForget(gain: number): number {
  return gain >= 1 ? 0 : Math.ceil(Math.log(NEGLIGIBLE) / Math.log1p(-gain));
}
