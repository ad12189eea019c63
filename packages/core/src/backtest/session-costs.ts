import { lowerBound } from "../data/sorted.ts";
import type { FillColumns } from "./fill-log.ts";

/** What trading cost in each evaluation period, in account currency. */
export interface SessionCosts {
  readonly fees: Float64Array;
  readonly slippage: Float64Array;
}

/**
 * A fill counts for the first period that ends at or after its bar; what is filled after the last period belongs to none.
 *
 * @param times ends of the evaluation periods, ms UTC, ascending
 */
export function sessionCosts(
  { time, fee, slippage }: Pick<FillColumns, "time" | "fee" | "slippage">,
  times: Float64Array,
): SessionCosts {
  const costs = { fees: new Float64Array(times.length), slippage: new Float64Array(times.length) };
  for (let i = 0; i < time.length; i++) {
    // After the last period this is a place beyond the columns, which keeps nothing.
    const period = lowerBound(times, time[i]!);
    costs.fees[period]! += fee[i]!;
    costs.slippage[period]! += slippage[i]!;
  }
  return costs;
}
