import { aroundTheClock } from "../data/calendar/around-the-clock.ts";
import { ohlcv } from "../schema/schema.ts";
import { type Backtest, type BacktestOptions, createBacktest } from "./backtest.ts";
import { fillAt } from "./fill-log.ts";
import type { OrderEvent } from "./order-log.ts";
import { at, free, HOUR } from "./told.test.helper.ts";

/** A book of target positions over bars of one price each. */
export function targets(
  wanted: readonly number[],
  orders: OrderEvent[] = [],
  from?: number,
  more: Partial<Pick<BacktestOptions, "brokerage">> & {
    readonly lot?: number;
    readonly watch?: boolean;
    /** Closes, which are the other prices of their bars too. Default: 10, 11, 12… */
    readonly prices?: readonly number[];
  } = {},
): Backtest {
  const { lot = 0, brokerage = free, watch = false, prices } = more;
  const stamps = Float64Array.from(wanted, (_, i) => at(i + 1));
  const price = Float64Array.from(wanted, (_, i) => prices?.[i] ?? 10 + i);
  const columns = { open: price, high: price, low: price, close: price, volume: price };
  return createBacktest({
    decision: {
      kind: "targetPositions",
      interval: "1h",
      target: { kind: "panel", ref: { node: 1, column: "target" } },
    },
    columns: () => ({
      scope: "symbol",
      series: [
        {
          symbol: "A",
          stamps,
          values: Float64Array.from(wanted),
          base: 0,
          origin: 0,
          firstValid: 0,
          computed: wanted.length,
        },
      ],
    }),
    panel: {
      preset: "told",
      schema: { id: ohlcv.id, columns: ohlcv.columns, fold: ohlcv.fold },
      interval: "1h",
      calendar: aroundTheClock,
      series: [{ symbol: "A", tags: [], stamps, columns }],
    },
    instruments: [{ symbol: "A", currency: "USD", lot, tick: 0 }],
    brokerage,
    equity: 10_000,
    calendar: aroundTheClock,
    points: "bars",
    orders,
    watch,
    ...(from !== undefined && { from }),
  });
}

export function fillsOf(backtest: Backtest): readonly (readonly [hour: number, kind: string, quantity: number])[] {
  const result = backtest.result();
  return Array.from(result.fills.time, (_, i) => {
    const fill = fillAt(result, i);
    return [(fill.time - at(0)) / HOUR, fill.kind, fill.quantity];
  });
}

export const toldOrders = (orders: readonly OrderEvent[]) =>
  orders.map(({ kind, time, to }) => [(time - at(0)) / HOUR, kind, to]);
