import type { TradeRecord } from "../plugin/contract/evaluator.ts";

/** The open round trip of each symbol, by its place in the universe. Quantities are absolute, prices those of fills, before fees. */
export interface TradeBook {
  /** 1 long, -1 short, 0 flat. */
  readonly side: Int8Array;
  readonly held: Float64Array;
  readonly averageCost: Float64Array;
  readonly entryTime: Float64Array;
  /** The symbol's bar in which it was opened. */
  readonly entryBar: Int32Array;
  readonly entered: Float64Array;
  readonly enteredNotional: Float64Array;
  readonly exited: Float64Array;
  readonly exitedNotional: Float64Array;
  readonly fees: Float64Array;
  /** Round trips that ended, in that order. */
  readonly closed: TradeRecord[];
}

export function createTradeBook(symbols: number): TradeBook {
  const floats = () => new Float64Array(symbols);
  return {
    side: new Int8Array(symbols),
    held: floats(),
    averageCost: floats(),
    entryTime: floats(),
    entryBar: new Int32Array(symbols),
    entered: floats(),
    enteredNotional: floats(),
    exited: floats(),
    exitedNotional: floats(),
    fees: floats(),
    closed: [],
  };
}

/** Opens a trade, or adds to it; the average cost becomes that of all that is held. */
export function increase(
  book: TradeBook,
  s: number,
  part: { side: 1 | -1; quantity: number; price: number; fee: number; time: number; bar: number },
): void {
  const { quantity, price } = part;
  if (book.side[s] === 0) {
    book.side[s] = part.side;
    book.entryTime[s] = part.time;
    book.entryBar[s] = part.bar;
    book.averageCost[s] = price;
    book.held[s] = quantity;
  } else {
    const held = book.held[s]!;
    book.averageCost[s] = (book.averageCost[s]! * held + price * quantity) / (held + quantity);
    book.held[s] = held + quantity;
  }
  book.entered[s]! += quantity;
  book.enteredNotional[s]! += price * quantity;
  book.fees[s]! += part.fee;
}

/** Takes from a trade, and ends it where `flat`. Gives the profit of what was taken against its average cost, before fees. */
export function reduce(
  book: TradeBook,
  s: number,
  part: { symbol: string; quantity: number; price: number; fee: number; time: number; bar: number; flat: boolean },
): number {
  const { quantity, price } = part;
  const realized = book.side[s]! * (price - book.averageCost[s]!) * quantity;
  book.exited[s]! += quantity;
  book.exitedNotional[s]! += price * quantity;
  book.fees[s]! += part.fee;
  book.held[s]! -= quantity;
  if (part.flat) {
    book.closed.push(tradeRecord(book, s, { ...part, mark: 0, open: false }));
    clear(book, s);
  }
  return realized;
}

/** The trade as it stands, what is still held taken at `mark`. */
export function tradeRecord(
  book: TradeBook,
  s: number,
  at: { symbol: string; time: number; bar: number; mark: number; open: boolean },
): TradeRecord {
  const side = book.side[s]!;
  const quantity = book.entered[s]!;
  const held = at.open ? book.held[s]! : 0;
  const exitNotional = book.exitedNotional[s]! + held * at.mark;
  const fees = book.fees[s]!;
  return {
    symbol: at.symbol,
    side: side === 1 ? "long" : "short",
    entryTime: book.entryTime[s]!,
    exitTime: at.time,
    quantity,
    entryPrice: book.enteredNotional[s]! / quantity,
    exitPrice: exitNotional / (book.exited[s]! + held),
    profit: side * (exitNotional - book.enteredNotional[s]!) - fees,
    fees,
    bars: at.bar - book.entryBar[s]!,
    open: at.open,
  };
}

function clear(book: TradeBook, s: number): void {
  book.side[s] = 0;
  book.held[s] = 0;
  book.averageCost[s] = 0;
  book.entered[s] = 0;
  book.enteredNotional[s] = 0;
  book.exited[s] = 0;
  book.exitedNotional[s] = 0;
  book.fees[s] = 0;
}
