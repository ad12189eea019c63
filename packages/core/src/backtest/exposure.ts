import type { BacktestResult } from "./result.ts";

/** Units below this are what rounding left of a closed position. */
const DUST = 1e-9;

/**
 * Sum of absolute positions over equity at points of a result's curve.
 *
 * Of one symbol it follows from equity and cash, so no run keeps it bar by bar; the cash is that of the fills so far.
 *
 * @param points places in `result.times`, ascending
 */
export function exposureAt(
  result: Pick<BacktestResult, "times" | "equity" | "exposure" | "fills" | "initialEquity">,
  points: readonly number[],
): Float64Array {
  const { times, equity, exposure, fills } = result;
  if (exposure !== undefined) return Float64Array.from(points, (point) => exposure[point]!);
  let cash = result.initialEquity;
  let held = 0;
  let next = 0;
  const exposures = new Float64Array(points.length);
  for (let k = 0; k < points.length; k++) {
    const point = points[k]!;
    for (; next < fills.time.length && fills.time[next]! <= times[point]!; next++) {
      cash -= fills.price[next]! * fills.quantity[next]! + fills.fee[next]!;
      held += fills.quantity[next]!;
    }
    exposures[k] = Math.abs(held) < DUST ? 0 : Math.abs(equity[point]! - cash) / equity[point]!;
  }
  return exposures;
}
