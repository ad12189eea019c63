import type { EvaluationTask } from "@qmtl/core";
import type { TradeRecord } from "@qmtl/core/plugin";

const NUMBERS = [
  "entryTime",
  "exitTime",
  "quantity",
  "entryPrice",
  "exitPrice",
  "profit",
  "fees",
  "bars",
] as const satisfies readonly (keyof TradeRecord)[];

/** Trades by column: as objects, each of thousands would carry the names of its fields. */
interface TradeColumns {
  readonly symbols: readonly string[];
  /** Places in `symbols`. */
  readonly symbol: Int32Array;
  readonly long: Uint8Array;
  readonly open: Uint8Array;
  readonly numbers: Readonly<Record<(typeof NUMBERS)[number], Float64Array>>;
}

/** A task on its way to the room of the plugins. */
export interface EvaluationMessage {
  readonly task: Omit<EvaluationTask, "trades">;
  readonly trades: TradeColumns;
}

export function toMessage({ trades, ...task }: EvaluationTask): EvaluationMessage {
  const symbols = [...new Set(trades.map(({ symbol }) => symbol))];
  const places = new Map(symbols.map((symbol, place) => [symbol, place]));
  const column = (name: (typeof NUMBERS)[number]) => [name, Float64Array.from(trades, (trade) => trade[name])];
  return {
    task,
    trades: {
      symbols,
      symbol: Int32Array.from(trades, ({ symbol }) => places.get(symbol)!),
      long: Uint8Array.from(trades, ({ side }) => (side === "long" ? 1 : 0)),
      open: Uint8Array.from(trades, ({ open }) => (open ? 1 : 0)),
      numbers: Object.fromEntries(NUMBERS.map(column)) as TradeColumns["numbers"],
    },
  };
}

export function fromMessage({
  task,
  trades: { symbols, symbol, long, open, numbers },
}: EvaluationMessage): EvaluationTask {
  const trades = Array.from(
    symbol,
    (place, i): TradeRecord => ({
      symbol: symbols[place]!,
      side: long[i] === 1 ? "long" : "short",
      entryTime: numbers.entryTime[i]!,
      exitTime: numbers.exitTime[i]!,
      quantity: numbers.quantity[i]!,
      entryPrice: numbers.entryPrice[i]!,
      exitPrice: numbers.exitPrice[i]!,
      profit: numbers.profit[i]!,
      fees: numbers.fees[i]!,
      bars: numbers.bars[i]!,
      open: open[i] === 1,
    }),
  );
  return { ...task, trades };
}
