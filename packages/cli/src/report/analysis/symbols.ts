import type { StoredRun } from "@qmtl/core";

/** What a run's trades in one symbol came to. */
export interface SymbolSummary {
  readonly symbol: string;
  readonly trades: number;
  readonly wins: number;
  /** Net of fees and slippage, account currency; open trades at their mark. */
  readonly profit: number;
  readonly fees: number;
  /** Of one trade. */
  readonly best: number;
  readonly worst: number;
}

/** The symbol that earned the most comes first. */
export function symbolSummaries(trades: StoredRun["trades"]): readonly SymbolSummary[] {
  const found = new Map<string, SymbolSummary>();
  for (const { symbol, profit, fees } of trades) {
    const so = found.get(symbol);
    found.set(symbol, {
      symbol,
      trades: (so?.trades ?? 0) + 1,
      wins: (so?.wins ?? 0) + (profit > 0 ? 1 : 0),
      profit: (so?.profit ?? 0) + profit,
      fees: (so?.fees ?? 0) + fees,
      best: Math.max(so?.best ?? profit, profit),
      worst: Math.min(so?.worst ?? profit, profit),
    });
  }
  return [...found.values()].sort((a, b) => b.profit - a.profit || (a.symbol < b.symbol ? -1 : 1));
}
