import type { StoredRun } from "@qmtl/core";
import { sessionMonth } from "./session-day.ts";

export interface YearOfCosts {
  readonly year: number;
  /** Account currency. */
  readonly fees: number;
  readonly slippage: number;
  /** Fees and slippage over the equity at the year's beginning. */
  readonly share: number;
}

export interface Costs {
  /** Of the whole run, account currency. */
  readonly fees: number;
  readonly slippage: number;
  readonly borrow: number;
  /** Received less paid. */
  readonly interest: number;
  readonly dividends: number;
  /** Fees, slippage and borrow over the starting equity. */
  readonly share: number;
  /** What was filled after the last complete period, and what holding cost, is in the sums above only. */
  readonly years: readonly YearOfCosts[];
}

/** What trading cost, in all and by year. Nothing for declared returns, of which it is unknown. */
export function costsOf(
  run: Pick<StoredRun, "evidence" | "times" | "equity" | "fees" | "slippage" | "holding" | "costs">,
): Costs | undefined {
  if (run.evidence === "declared") return undefined;
  const years = new Map<number, { fees: number; slippage: number; equity: number }>();
  run.times.forEach((end, i) => {
    if (end === null) return;
    const { year } = sessionMonth(end);
    const entry = years.get(year) ?? { fees: 0, slippage: 0, equity: run.equity[i] ?? 0 };
    years.set(year, entry);
    entry.fees += run.costs.fees[i] ?? 0;
    entry.slippage += run.costs.slippage[i] ?? 0;
  });
  return {
    fees: run.fees,
    slippage: run.slippage,
    ...run.holding,
    share: ratio(run.fees + run.slippage + run.holding.borrow, run.equity[0] ?? 0),
    years: [...years].map(([year, { fees, slippage, equity }]) => ({
      year,
      fees,
      slippage,
      share: ratio(fees + slippage, equity),
    })),
  };
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
