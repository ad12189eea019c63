import type { TradeRecord } from "../plugin/contract/evaluator.ts";

/** Round trips in columns, one place each. Quantities are absolute; prices are those of fills, before fees. */
interface TradeColumns {
  readonly symbol: Int32Array;
  /** 1 long, -1 short, 0 none. */
  readonly side: Int8Array;
  readonly entryTime: Float64Array;
  readonly exitTime: Float64Array;
  readonly entered: Float64Array;
  readonly enteredNotional: Float64Array;
  readonly exited: Float64Array;
  readonly exitedNotional: Float64Array;
  readonly fees: Float64Array;
  readonly entryBar: Int32Array;
  readonly exitBar: Int32Array;
}

/** The open round trip of each symbol, by its place in the universe, and those that ended, in that order. */
export interface TradeBook {
  readonly open: TradeColumns;
  readonly held: Float64Array;
  readonly averageCost: Float64Array;
  closed: TradeColumns;
  closedCount: number;
}

/** A part of an order: what it trades at which price for which fee, in which bar of the symbol. */
export interface TradePart {
  readonly quantity: number;
  readonly price: number;
  readonly fee: number;
  readonly time: number;
  readonly bar: number;
}

export function createTradeBook(symbols: number): TradeBook {
  return {
    open: emptyColumns(symbols),
    held: new Float64Array(symbols),
    averageCost: new Float64Array(symbols),
    closed: emptyColumns(64),
    closedCount: 0,
  };
}

/** Opens a trade, or adds to it; the average cost becomes that of all that is held. */
export function increase(
  book: TradeBook,
  s: number,
  side: 1 | -1,
  { quantity, price, fee, time, bar }: TradePart,
): void {
  const { open, held, averageCost } = book;
  if (open.side[s] === 0) {
    open.symbol[s] = s;
    open.side[s] = side;
    open.entryTime[s] = time;
    open.entryBar[s] = bar;
    open.entered[s] = 0;
    open.enteredNotional[s] = 0;
    open.exited[s] = 0;
    open.exitedNotional[s] = 0;
    open.fees[s] = 0;
    averageCost[s] = price;
    held[s] = quantity;
  } else {
    const before = held[s]!;
    averageCost[s] = (averageCost[s]! * before + price * quantity) / (before + quantity);
    held[s] = before + quantity;
  }
  open.entered[s]! += quantity;
  open.enteredNotional[s]! += price * quantity;
  open.fees[s]! += fee;
}

/** Takes from a trade, and ends it where `flat`. Gives the profit of what was taken against its average cost, before fees. */
export function reduce(
  book: TradeBook,
  s: number,
  flat: boolean,
  { quantity, price, fee, time, bar }: TradePart,
): number {
  const { open, held, averageCost } = book;
  const realized = open.side[s]! * (price - averageCost[s]!) * quantity;
  open.exited[s]! += quantity;
  open.exitedNotional[s]! += price * quantity;
  open.fees[s]! += fee;
  held[s]! -= quantity;
  if (flat) {
    open.exitTime[s] = time;
    open.exitBar[s] = bar;
    const at = book.closedCount++;
    if (at === book.closed.side.length) {
      const longer = emptyColumns(4 * at);
      for (let i = 0; i < at; i++) copyTrade(book.closed, i, longer, i);
      book.closed = longer;
    }
    copyTrade(open, s, book.closed, at);
    open.side[s] = 0;
    held[s] = 0;
    averageCost[s] = 0;
  }
  return realized;
}

/**
 * Round trips that ended, in that order; then those that are open, in the universe's order, with what is held taken at the marks.
 *
 * @param now the stamp, and for each symbol its last close and bar
 */
export function tradeRecords(
  book: TradeBook,
  symbols: readonly string[],
  now: { readonly time: number; readonly mark: Float64Array; readonly bar: (s: number) => number },
): readonly TradeRecord[] {
  const records: TradeRecord[] = [];
  const { closed, open, held } = book;
  for (let i = 0; i < book.closedCount; i++) {
    const symbol = symbols[closed.symbol[i]!]!;
    records.push(recordOf(closed, i, symbol, closed.exitTime[i]!, closed.exitBar[i]!, 0, 0, false));
  }
  for (let s = 0; s < symbols.length; s++)
    if (open.side[s] !== 0)
      records.push(recordOf(open, s, symbols[s]!, now.time, now.bar(s), held[s]!, now.mark[s]!, true));
  return records;
}

function recordOf(
  from: TradeColumns,
  i: number,
  symbol: string,
  exitTime: number,
  exitBar: number,
  held: number,
  mark: number,
  open: boolean,
): TradeRecord {
  const side = from.side[i]!;
  const quantity = from.entered[i]!;
  const entered = from.enteredNotional[i]!;
  const exited = from.exitedNotional[i]! + held * mark;
  const fees = from.fees[i]!;
  return {
    symbol,
    side: side === 1 ? "long" : "short",
    entryTime: from.entryTime[i]!,
    exitTime,
    quantity,
    entryPrice: entered / quantity,
    exitPrice: exited / (from.exited[i]! + held),
    profit: side * (exited - entered) - fees,
    fees,
    bars: exitBar - from.entryBar[i]!,
    open,
  };
}

function emptyColumns(capacity: number): TradeColumns {
  const floats = () => new Float64Array(capacity);
  return {
    symbol: new Int32Array(capacity),
    side: new Int8Array(capacity),
    entryTime: floats(),
    exitTime: floats(),
    entered: floats(),
    enteredNotional: floats(),
    exited: floats(),
    exitedNotional: floats(),
    fees: floats(),
    entryBar: new Int32Array(capacity),
    exitBar: new Int32Array(capacity),
  };
}

function copyTrade(from: TradeColumns, i: number, to: TradeColumns, k: number): void {
  to.symbol[k] = from.symbol[i]!;
  to.side[k] = from.side[i]!;
  to.entryTime[k] = from.entryTime[i]!;
  to.exitTime[k] = from.exitTime[i]!;
  to.entered[k] = from.entered[i]!;
  to.enteredNotional[k] = from.enteredNotional[i]!;
  to.exited[k] = from.exited[i]!;
  to.exitedNotional[k] = from.exitedNotional[i]!;
  to.fees[k] = from.fees[i]!;
  to.entryBar[k] = from.entryBar[i]!;
  to.exitBar[k] = from.exitBar[i]!;
}
