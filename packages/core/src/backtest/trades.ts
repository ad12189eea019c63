import type { TradeRecord } from "../plugin/contract/evaluator.ts";
import { KIND } from "./fill-log.ts";
import type { BacktestResult } from "./result.ts";

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
export function tradesOf(
  result: Pick<BacktestResult, "symbols" | "fills" | "positions" | "times">,
): readonly TradeRecord[] {
  const { symbols, fills, positions, times } = result;
  const records: TradeRecord[] = [];
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
        records.push(recordOf(trade, symbols[s]!, time, bar, 0, 0));
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
    const trade = trades[symbols.indexOf(symbol)];
    if (trade !== undefined) records.push(recordOf(trade, symbol, times.at(-1)!, bar, Math.abs(quantity), mark));
  }
  return records;
}

/** @param held what is still open, taken at `mark`; 0 when the trade has ended */
function recordOf(
  { side, entryTime, entryBar, entered, enteredNotional, exited, exitedNotional, fees }: OpenTrade,
  symbol: string,
  exitTime: number,
  exitBar: number,
  held: number,
  mark: number,
): TradeRecord {
  const left = exitedNotional + held * mark;
  return {
    symbol,
    side: side === 1 ? "long" : "short",
    entryTime,
    exitTime,
    quantity: entered,
    entryPrice: enteredNotional / entered,
    exitPrice: left / (exited + held),
    profit: side * (left - enteredNotional) - fees,
    fees,
    bars: exitBar - entryBar,
    open: held > 0,
  };
}
