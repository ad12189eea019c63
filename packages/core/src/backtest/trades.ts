import type { TradeRecord } from "../plugin/contract/evaluator.ts";
import { KIND } from "./fill-log.ts";
import type { BacktestResult } from "./result.ts";
import { ROW, SLOT, type TradeTable, tradeRecords } from "./trade-table.ts";

/** The open round trip of a symbol. Quantities are absolute; notionals are at the prices of fills, before fees. */
interface OpenTrade {
  readonly side: 1 | -1;
  readonly entryTime: number;
  readonly entryBar: number;
  entered: number;
  enteredNotional: number;
  exited: number;
  exitedNotional: number;
  fees: number;
}

/**
 * Round trips from flat to flat, in the order in which they closed; then those that are open, in the universe's order, with what is held
 * taken at the marks. A fill that flips a position ends one trade and opens the next: its fee is split by quantity. Quantities count in the units
 * of the trade's end, after its splits; its profit is that of its prices and fees, without dividends, borrowing and interest.
 *
 * @example
 * const profits = tradesOf(result).map(({ profit }) => profit);
 */
export function tradesOf(result: TradedResult): readonly TradeRecord[] {
  return tradeRecords(tradesTableOf(result));
}

type TradedResult = Pick<BacktestResult, "symbols" | "fills" | "positions" | "times">;

/** The same as {@link tradesOf}, as a table. */
export function tradesTableOf(result: TradedResult): TradeTable {
  const { symbols, fills, positions, times } = result;
  // A fill ends one trade at most.
  const rows = new Float64Array((fills.time.length + positions.length) * ROW);
  let count = 0;
  const trades = new Array<OpenTrade | undefined>(symbols.length);
  const held = new Float64Array(symbols.length);
  for (let i = 0; i < fills.time.length; i++) {
    const s = fills.symbol[i]!;
    const before = held[s]!;
    const after = fills.held[i]!;
    held[s] = after;
    if (fills.kind[i] === KIND.split) {
      // More or fewer units for the same money.
      const trade = trades[s];
      if (trade !== undefined) {
        trade.entered *= after / before;
        trade.exited *= after / before;
      }
      continue;
    }
    const size = Math.abs(fills.quantity[i]!);
    const price = fills.price[i]!;
    const fee = fills.fee[i]!;
    const time = fills.time[i]!;
    const bar = fills.bar[i]!;
    const flips = before * after < 0;
    const reduces = flips || Math.abs(after) < Math.abs(before);
    const out = flips ? Math.abs(before) : reduces ? size : 0;
    const into = flips ? Math.abs(after) : reduces ? 0 : size;
    let trade = trades[s];
    if (trade !== undefined && out > 0) {
      trade.exited += out;
      trade.exitedNotional += price * out;
      trade.fees += fee * (out / size);
      if (flips || after === 0) {
        writeTrade(rows, count++, s, trade, time, bar, 0, 0);
        trade = undefined;
      }
    }
    if (into > 0) {
      trade ??= {
        side: after > 0 ? 1 : -1,
        entryTime: time,
        entryBar: bar,
        entered: 0,
        enteredNotional: 0,
        exited: 0,
        exitedNotional: 0,
        fees: 0,
      };
      trade.entered += into;
      trade.enteredNotional += price * into;
      trade.fees += fee * (into / size);
    }
    trades[s] = trade;
  }
  for (const { symbol, quantity, mark, bar } of positions) {
    const s = symbols.indexOf(symbol);
    const trade = trades[s];
    if (trade !== undefined) writeTrade(rows, count++, s, trade, times.at(-1)!, bar, Math.abs(quantity), mark);
  }
  return { symbols, rows: rows.slice(0, count * ROW) };
}

/** @param held what is still open, taken at `mark`; 0 when the trade has ended */
function writeTrade(
  rows: Float64Array,
  place: number,
  s: number,
  { side, entryTime, entryBar, entered, enteredNotional, exited, exitedNotional, fees }: OpenTrade,
  exitTime: number,
  exitBar: number,
  held: number,
  mark: number,
): void {
  const left = exitedNotional + held * mark;
  const at = place * ROW;
  rows[at + SLOT.symbol] = s;
  rows[at + SLOT.long] = side === 1 ? 1 : 0;
  rows[at + SLOT.entryTime] = entryTime;
  rows[at + SLOT.exitTime] = exitTime;
  rows[at + SLOT.quantity] = entered;
  rows[at + SLOT.entryPrice] = enteredNotional / entered;
  rows[at + SLOT.exitPrice] = left / (exited + held);
  rows[at + SLOT.profit] = side * (left - enteredNotional) - fees;
  rows[at + SLOT.fees] = fees;
  rows[at + SLOT.bars] = exitBar - entryBar;
  rows[at + SLOT.open] = held > 0 ? 1 : 0;
}
