import type { KIND } from "../../backtest/fill-log.ts";
import type { AccountDeedRecord } from "./account-record.ts";

/** Kinds of fills that a decision sized, by the part of the equity that it commanded then. */
const DECIDED: ReadonlySet<string> = new Set<keyof typeof KIND>(["target", "entry"]);

/**
 * The part of the world's equity (share x scale) that each position was sized by: the one in force when its last order was decided, and
 * in proportion where a rebalancing changed the position since.
 */
export function sizedParts(history: readonly AccountDeedRecord[]): ReadonlyMap<string, number> {
  const parts = new Map<string, number>();
  /** Of the last order that was decided. */
  const ordered = new Map<string, number>();
  for (const record of history) {
    if (record.kind !== "traded") continue;
    const { part } = record.terms;
    const placed = record.orders.flatMap((order) =>
      order.kind === "placed" && DECIDED.has(order.because) ? [{ symbol: order.symbol, time: order.time }] : [],
    );
    let next = 0;
    for (const { symbol, time, kind, held, quantity } of record.fills) {
      for (; next < placed.length && placed[next]!.time < time; next++) ordered.set(placed[next]!.symbol, part);
      const before = held - quantity;
      if (held === 0) parts.delete(symbol);
      else if (DECIDED.has(kind)) parts.set(symbol, ordered.get(symbol) ?? part);
      else if (kind === "rebalance" && before * held > 0)
        parts.set(symbol, ((parts.get(symbol) ?? part) * held) / before);
      else if (!parts.has(symbol)) parts.set(symbol, part);
    }
    for (; next < placed.length; next++) ordered.set(placed[next]!.symbol, part);
  }
  return parts;
}
