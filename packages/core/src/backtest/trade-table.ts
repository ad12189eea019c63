import type { TradeRecord } from "../plugin/contract/evaluator.ts";

/**
 * Round trips as rows of numbers, which is how a run comes from the room that made it and goes to the evaluators: as objects, each of thousands
 * would carry the names of its fields, and as columns each message a dozen arrays.
 */
export interface TradeTable {
  readonly symbols: readonly string[];
  /** {@link ROW} numbers per trade, each at its {@link SLOT}. */
  readonly rows: Float64Array;
}

export type Trades = readonly TradeRecord[] | TradeTable;

/** Where the numbers of a trade stand in its row. `symbol`: place in `symbols`. `long`, `open`: 1 or 0. */
export const SLOT = {
  symbol: 0,
  long: 1,
  entryTime: 2,
  exitTime: 3,
  quantity: 4,
  entryPrice: 5,
  exitPrice: 6,
  profit: 7,
  fees: 8,
  bars: 9,
  open: 10,
} as const;

export const ROW = 11;

export function countTrades(trades: Trades): number {
  return isTable(trades) ? trades.rows.length / ROW : trades.length;
}

export function tradeTable(trades: Trades): TradeTable {
  if (isTable(trades)) return trades;
  const places = new Map<string, number>();
  const rows = new Float64Array(trades.length * ROW);
  let at = 0;
  for (const trade of trades) {
    let place = places.get(trade.symbol);
    if (place === undefined) {
      place = places.size;
      places.set(trade.symbol, place);
    }
    rows[at + SLOT.symbol] = place;
    rows[at + SLOT.long] = trade.side === "long" ? 1 : 0;
    rows[at + SLOT.entryTime] = trade.entryTime;
    rows[at + SLOT.exitTime] = trade.exitTime;
    rows[at + SLOT.quantity] = trade.quantity;
    rows[at + SLOT.entryPrice] = trade.entryPrice;
    rows[at + SLOT.exitPrice] = trade.exitPrice;
    rows[at + SLOT.profit] = trade.profit;
    rows[at + SLOT.fees] = trade.fees;
    rows[at + SLOT.bars] = trade.bars;
    rows[at + SLOT.open] = trade.open ? 1 : 0;
    at += ROW;
  }
  return { symbols: [...places.keys()], rows };
}

/** The trades of a table as objects, which are frozen: nobody has to copy them for evaluators that share them. */
export function tradeRecords(trades: Trades): readonly TradeRecord[] {
  if (!isTable(trades)) return trades;
  const { symbols, rows } = trades;
  const records: TradeRecord[] = [];
  for (let at = 0; at < rows.length; at += ROW)
    records.push(
      Object.freeze({
        symbol: symbols[rows[at + SLOT.symbol]!]!,
        side: rows[at + SLOT.long] === 1 ? "long" : "short",
        entryTime: rows[at + SLOT.entryTime]!,
        exitTime: rows[at + SLOT.exitTime]!,
        quantity: rows[at + SLOT.quantity]!,
        entryPrice: rows[at + SLOT.entryPrice]!,
        exitPrice: rows[at + SLOT.exitPrice]!,
        profit: rows[at + SLOT.profit]!,
        fees: rows[at + SLOT.fees]!,
        bars: rows[at + SLOT.bars]!,
        open: rows[at + SLOT.open] === 1,
      }),
    );
  return records;
}

function isTable(trades: Trades): trades is TradeTable {
  return "rows" in trades;
}
