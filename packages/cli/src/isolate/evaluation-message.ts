import type { EvaluationTask } from "@qmtl/core";
import type { TradeRecord } from "@qmtl/core/plugin";

type NumberField = "entryTime" | "exitTime" | "quantity" | "entryPrice" | "exitPrice" | "profit" | "fees" | "bars";

/** Trades by column: as objects, each of thousands would carry the names of its fields. */
interface TradeColumns {
  readonly symbols: readonly string[];
  /** Places in `symbols`. */
  readonly symbol: Int32Array;
  readonly long: Uint8Array;
  readonly open: Uint8Array;
  readonly numbers: Readonly<Record<NumberField, Float64Array>>;
}

/** A task on its way to the room of the plugins. */
export interface EvaluationMessage {
  readonly task: Omit<EvaluationTask, "trades">;
  readonly trades: TradeColumns;
}

export function toMessage({ trades, ...task }: EvaluationTask): EvaluationMessage {
  const count = trades.length;
  const places = new Map<string, number>();
  const symbol = new Int32Array(count);
  const long = new Uint8Array(count);
  const open = new Uint8Array(count);
  const numbers = emptyColumns(count);
  const { entryTime, exitTime, quantity, entryPrice, exitPrice, profit, fees, bars } = numbers;
  // Field by field in one pass: a sweep sends hundreds of thousands of trades.
  for (let i = 0; i < count; i++) {
    const trade = trades[i]!;
    let place = places.get(trade.symbol);
    if (place === undefined) {
      place = places.size;
      places.set(trade.symbol, place);
    }
    symbol[i] = place;
    long[i] = trade.side === "long" ? 1 : 0;
    open[i] = trade.open ? 1 : 0;
    entryTime[i] = trade.entryTime;
    exitTime[i] = trade.exitTime;
    quantity[i] = trade.quantity;
    entryPrice[i] = trade.entryPrice;
    exitPrice[i] = trade.exitPrice;
    profit[i] = trade.profit;
    fees[i] = trade.fees;
    bars[i] = trade.bars;
  }
  return { task, trades: { symbols: [...places.keys()], symbol, long, open, numbers } };
}

/** The trades are frozen: nobody has to copy them for evaluators that share them. */
export function fromMessage({
  task,
  trades: { symbols, symbol, long, open, numbers },
}: EvaluationMessage): EvaluationTask {
  const { entryTime, exitTime, quantity, entryPrice, exitPrice, profit, fees, bars } = numbers;
  const trades: TradeRecord[] = [];
  for (let i = 0; i < symbol.length; i++)
    trades.push(
      Object.freeze({
        symbol: symbols[symbol[i]!]!,
        side: long[i] === 1 ? "long" : "short",
        entryTime: entryTime[i]!,
        exitTime: exitTime[i]!,
        quantity: quantity[i]!,
        entryPrice: entryPrice[i]!,
        exitPrice: exitPrice[i]!,
        profit: profit[i]!,
        fees: fees[i]!,
        bars: bars[i]!,
        open: open[i] === 1,
      }),
    );
  return { ...task, trades };
}

function emptyColumns(rows: number): TradeColumns["numbers"] {
  const column = (): Float64Array => new Float64Array(rows);
  return {
    entryTime: column(),
    exitTime: column(),
    quantity: column(),
    entryPrice: column(),
    exitPrice: column(),
    profit: column(),
    fees: column(),
    bars: column(),
  };
}
