import type { Interval } from "../schema/interval.ts";
import type { MadeSplit, PaidDividend } from "./corporate-action.ts";
import type { Rejection } from "./decision-rule.ts";
import type { FillColumns } from "./fill-log.ts";
import type { MarginCall } from "./margin-call.ts";

export interface Position {
  readonly symbol: string;
  /** Signed units. */
  readonly quantity: number;
  /** Average price of what is held, before fees. */
  readonly averageCost: number;
  /** The last close. */
  readonly mark: number;
  /** The symbol's last bar, counted from its first. */
  readonly bar: number;
  readonly unrealized: number;
}

export interface BacktestCounters {
  /** Decision rows that said something. */
  readonly decisions: number;
  /** Decision rows that said nothing: `NaN`, or an entry without a size or level. The last target stands. */
  readonly undecided: number;
  /** Rows on which `orders` wanted to enter both sides; it entered neither. */
  readonly conflicts: number;
  /** Positions opened from flat, flips included. */
  readonly entries: number;
  /** Bars of the traded symbols without a price. */
  readonly gaps: number;
  /** Orders that the account could not pay in full, and the units that were left out. */
  readonly cuts: readonly { readonly symbol: string; readonly orders: number; readonly quantity: number }[];
  /** Fills that left something over, because the bar had no more. */
  readonly partial: readonly { readonly symbol: string; readonly fills: number }[];
  /** Orders whose time was up, and the units that they still wanted. */
  readonly expired: readonly { readonly symbol: string; readonly orders: number; readonly quantity: number }[];
  /** Orders that were refused. */
  readonly rejected: readonly Rejection[];
  /** Closes below the maintenance margin; everything was closed after each. */
  readonly marginCalls: readonly MarginCall[];
  /** Held without a price for more than `maxStale` bars: since its last price, noticed at `time`. */
  readonly stale: readonly { readonly symbol: string; readonly since: number; readonly time: number }[];
  /** Held when their last bar had passed, and closed at its close. */
  readonly ended: readonly {
    readonly symbol: string;
    readonly time: number;
    readonly price: number;
    readonly quantity: number;
  }[];
  /** Orders for which no bar with a price came any more. */
  readonly unfilled: readonly { readonly symbol: string; readonly decided: number; readonly quantity: number }[];
}

/** Money in account currency. What equity gained is what positions gained at the prices of their fills, less fees and borrow, plus the others. */
export interface Costs {
  readonly fees: number;
  /** Contained in the prices of fills. */
  readonly slippage: number;
  readonly borrow: number;
  /** Earned less paid. */
  readonly interest: number;
  /** Received less paid. */
  readonly dividends: number;
}

/** What a run came to: plain data that survives `structuredClone`. Money is in account currency. */
export interface BacktestResult {
  /** The interval of the bars that filled orders. */
  readonly interval: Interval;
  /** The traded ones, in the universe's order. */
  readonly symbols: readonly string[];
  /** The first decision bar, those bars of the traded symbols' clock that `points` keeps, and the last one; ms UTC. */
  readonly times: Float64Array;
  /** Cash and positions at their last close, at each of `times`. */
  readonly equity: Float64Array;
  /** Sum of absolute positions over equity, at each of `times`. */
  readonly exposure: Float64Array;
  readonly initialEquity: number;
  readonly finalEquity: number;
  readonly cash: number;
  /** In the order in which they happened; `tradesOf` puts them together to round trips. */
  readonly fills: FillColumns;
  readonly positions: readonly Position[];
  readonly counters: BacktestCounters;
  readonly costs: Costs;
  /** What companies did to positions that were held. */
  readonly splits: readonly MadeSplit[];
  readonly dividends: readonly PaidDividend[];
  /** Traded notional: absolute quantity x fill price, all fills. */
  readonly traded: number;
  /** Stamp of the first decision bar. */
  readonly firstDecision: number | undefined;
  /** Stamp at which equity was at or below zero: all was sold, and trading ended. */
  readonly ruined: number | undefined;
}
