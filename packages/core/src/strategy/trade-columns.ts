import type { ColumnRef, TradeSpec } from "./graph.ts";

/** Every column that one side of an order-style decision reads. */
export function tradeColumns(trade: TradeSpec): readonly ColumnRef[] {
  const { enter, exit, size, limit, trigger, stop, takeProfit, trail, until } = trade;
  const sized = size.kind === "column" ? size.ref : undefined;
  return [enter, exit, sized, limit, trigger, stop, takeProfit, trail, until].filter((ref) => ref !== undefined);
}
