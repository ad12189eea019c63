import type { Figure, TradeRecord } from "@qmtl/core/plugin";
import { figure, missing } from "./figure.ts";

/** Trades that came to an end. A position still open has no result yet. */
function closed(trades: readonly TradeRecord[]): readonly TradeRecord[] {
  return trades.filter((trade) => !trade.open);
}

/** Closed trades. */
export function tradeCount(trades: readonly TradeRecord[]): Figure {
  return figure(closed(trades).length);
}

/** Share of closed trades with a profit above zero, after costs. */
export function winRate(trades: readonly TradeRecord[]): Figure {
  const ended = closed(trades);
  if (ended.length === 0) return missing("no trade was closed");
  return figure(ended.filter((trade) => trade.profit > 0).length / ended.length);
}

/** Sum of the profits over the absolute sum of the losses of closed trades, after costs. */
export function profitFactor(trades: readonly TradeRecord[]): Figure {
  const ended = closed(trades);
  if (ended.length === 0) return missing("no trade was closed");
  let gains = 0;
  let losses = 0;
  for (const { profit } of ended) {
    if (profit > 0) gains += profit;
    else losses -= profit;
  }
  return losses > 0 ? figure(gains / losses) : missing("no closed trade lost");
}
