import type { Calendar } from "../data/calendar/calendar.ts";
import type { CurrencyRates } from "../data/currency-rates.ts";
import type { Panel } from "../data/panel.ts";
import type { KeptColumn } from "../engine/execution.ts";
import type { ColumnRef, DecisionSpec } from "../strategy/graph.ts";
import type { Brokerage, Instrument } from "./brokerage.ts";
import { requireBrokerage, requireNumber } from "./check-brokerage.ts";
import type { Market } from "./market.ts";
import type { OrderEvent } from "./order-log.ts";

export interface BacktestOptions {
  readonly decision: DecisionSpec;
  /** The decision's columns: live, their rows appear as the execution computes them. */
  readonly columns: (ref: ColumnRef) => KeptColumn;
  /** The prices that fill orders: the panel of the stream that `choosePriceStream` names. */
  readonly panel: Panel;
  readonly instruments: readonly Instrument[];
  readonly brokerage: Brokerage;
  /** Of the other currencies that instruments are quoted in. Rates of more currencies do no harm. */
  readonly rates?: readonly CurrencyRates[];
  /** What the account starts with, in its currency. */
  readonly equity: number;
  /** The allocator's word. Default 1. */
  readonly share?: number;
  /** The activation's word. Default 1. */
  readonly scale?: number;
  /** Counts the bars that a symbol misses, and cuts sessions. */
  readonly calendar: Calendar;
  /**
   * Where the equity is kept: at the last bar of each session, which is all that evaluation reads (default), or at every bar. It is marked
   * at every bar either way.
   */
  readonly points?: "sessions" | "bars";
  /** The first bar that is decided on, ms UTC: what the columns say before is left out. Default: the first of each symbol. */
  readonly from?: number;
  /** Gets what becomes of orders, as it happens. */
  readonly orders?: OrderEvent[];
  /**
   * Bars will be added with `Backtest.append`. That a symbol has no bar after its last one then says nothing: it has ended where it is said
   * to have.
   */
  readonly growing?: boolean;
  /** Measures what limits of risk are applied to: terms that carry limits need it. */
  readonly watch?: boolean;
  /** What is known of the panel already, where several accounts trade it. */
  readonly market?: Market;
}

/** @throws `backtest.invalid-option` */
export function requireNumbers({ equity, share, scale, brokerage }: BacktestOptions): void {
  requireNumber("equity", equity, equity > 0);
  if (share !== undefined) requireNumber("share", share, share >= 0);
  if (scale !== undefined) requireNumber("scale", scale, scale >= 0);
  requireBrokerage(brokerage);
}
