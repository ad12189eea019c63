import { aroundTheClock } from "../data/calendar/around-the-clock.ts";
import type { Calendar } from "../data/calendar/calendar.ts";
import type { CurrencyRates } from "../data/currency-rates.ts";
import type { Panel } from "../data/panel.ts";
import type { KeptColumn } from "../engine/execution.ts";
import type { CorporateAction } from "../plugin/contract/data-provider.ts";
import { ohlcv } from "../schema/schema.ts";
import type { ColumnRef, TradeSpec } from "../strategy/graph.ts";
import { createBacktest } from "./backtest.ts";
import type { Brokerage, Instrument } from "./brokerage.ts";
import { fillAt } from "./fill-log.ts";
import type { OrderEvent } from "./order-log.ts";
import { tradesOf } from "./trades.ts";

export const HOUR = 3_600_000;
export const at = (i: number) => Date.UTC(2024, 0, 1) + i * HOUR;
export const free: Brokerage = {
  fee: { kind: "none" },
  slippage: { kind: "none" },
  fill: "next-open",
  act: { kind: "change" },
  maxStale: 5,
};

export type Bar = readonly [open: number, high: number, low: number, close: number];

/** Columns by name, one value per bar; a shorter one has rows for the first bars only. */
export interface SideRows {
  readonly enter: readonly (0 | 1)[];
  readonly exit?: readonly (0 | 1)[];
  readonly size?: readonly number[] | number;
  readonly unit?: "fraction" | "quantity";
  readonly stop?: readonly number[];
  readonly takeProfit?: readonly number[];
  readonly expire?: number;
  readonly limit?: readonly number[];
  readonly trigger?: readonly number[];
  readonly trail?: readonly number[];
  readonly until?: readonly number[];
  readonly at?: "open" | "close";
  readonly timeInForce?: TradeSpec["timeInForce"];
}

export interface Told {
  readonly bars: readonly Bar[];
  readonly long?: SideRows;
  readonly short?: SideRows;
  readonly brokerage?: Partial<Brokerage>;
  readonly tick?: number;
  readonly lot?: number;
  readonly firstValid?: number;
  readonly volume?: readonly number[];
  readonly calendar?: Calendar;
  /** Ends of the bars; default: hours of 2024. */
  readonly stamps?: readonly number[];
  readonly instrument?: Partial<Instrument>;
  readonly actions?: readonly CorporateAction[];
  readonly equity?: number;
  readonly orders?: OrderEvent[];
  readonly from?: number;
  readonly watch?: boolean;
  readonly rates?: readonly CurrencyRates[];
}

export function start(told: Told) {
  const stamps = Float64Array.from(told.bars, (_, i) => told.stamps?.[i] ?? at(i + 1));
  const calendar = told.calendar ?? aroundTheClock;
  const column = (k: 0 | 1 | 2 | 3) => Float64Array.from(told.bars, (bar) => bar[k]);
  const kept = new Map<string, KeptColumn>();
  const keep = (name: string, rows: readonly number[], bools: boolean): ColumnRef => {
    const values = bools ? Uint8Array.from(rows) : Float64Array.from(rows);
    const series = {
      symbol: "A",
      stamps: stamps.slice(0, rows.length),
      values,
      base: 0,
      origin: 0,
      firstValid: told.firstValid ?? 0,
      computed: rows.length,
    };
    kept.set(name, { scope: "symbol", series: [series] });
    return { node: 1, column: name };
  };
  const spec = (side: string, rows: SideRows | undefined): TradeSpec | undefined =>
    rows === undefined
      ? undefined
      : {
          enter: keep(`${side}.enter`, rows.enter, true),
          exit: rows.exit && keep(`${side}.exit`, rows.exit, true),
          size:
            typeof rows.size === "object"
              ? { kind: "column", ref: keep(`${side}.size`, rows.size, false), unit: rows.unit ?? "quantity" }
              : { kind: "constant", value: rows.size ?? 0.1, unit: "fraction" },
          limit: rows.limit && keep(`${side}.limit`, rows.limit, false),
          trigger: rows.trigger && keep(`${side}.trigger`, rows.trigger, false),
          stop: rows.stop && keep(`${side}.stop`, rows.stop, false),
          takeProfit: rows.takeProfit && keep(`${side}.takeProfit`, rows.takeProfit, false),
          trail: rows.trail && keep(`${side}.trail`, rows.trail, false),
          expire: rows.expire,
          at: rows.at,
          timeInForce: rows.timeInForce,
          until: rows.until && keep(`${side}.until`, rows.until, false),
        };
  const panel: Panel = {
    preset: "told",
    schema: { id: ohlcv.id, columns: ohlcv.columns, fold: ohlcv.fold },
    interval: "1h",
    calendar,
    series: [
      {
        symbol: "A",
        tags: [],
        stamps,
        columns: {
          open: column(0),
          high: column(1),
          low: column(2),
          close: column(3),
          volume: Float64Array.from(told.bars, (_, i) => told.volume?.[i] ?? 0),
        },
        ...(told.actions !== undefined && { actions: told.actions }),
      },
    ],
  };
  return createBacktest({
    decision: { kind: "orders", interval: "1h", long: spec("long", told.long), short: spec("short", told.short) },
    columns: (ref) => kept.get(ref.column)!,
    panel,
    instruments: [{ symbol: "A", currency: "USD", lot: told.lot ?? 0, tick: told.tick ?? 0, ...told.instrument }],
    brokerage: { ...free, ...told.brokerage },
    equity: told.equity ?? 10_000,
    calendar,
    points: "bars",
    watch: told.watch ?? false,
    rates: told.rates ?? [],
    ...(told.orders !== undefined && { orders: told.orders }),
    ...(told.from !== undefined && { from: told.from }),
  });
}

export function trade(told: Told) {
  const backtest = start(told);
  backtest.advance(Number.POSITIVE_INFINITY);
  const result = backtest.result();
  const fills = Array.from(result.fills.time, (_, i) => {
    const { time, quantity, price, kind } = fillAt(result, i);
    return [(time - at(0)) / HOUR, kind, quantity, price];
  });
  return { ...result, trades: tradesOf(result), told: fills };
}
