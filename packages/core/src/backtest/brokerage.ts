import type { FeeModel } from "./fee.ts";
import type { Interest } from "./interest.ts";
import type { Margin } from "./margin.ts";
import { hasImpact, type SlippageModel } from "./slippage.ts";
import type { VolumeCap } from "./volume-cap.ts";

/** How a world's brokerage fills and charges, as the world file says it. What is absent is not part of the account. */
export interface Brokerage {
  readonly fee: FeeModel;
  readonly slippage: SlippageModel;
  /**
   * When the order of a target fills. `next-open`, `next-close`: of the symbol's next bar. `market-on-open`, `market-on-close`: of the next
   * session's first and last bar, by the calendar.
   */
  readonly fill: TargetFill;
  /** When a target acts: when it differs from the symbol's last target; at every bar; or when it differs from the held quantity by more than `band`. */
  readonly act:
    | { readonly kind: "change" }
    | { readonly kind: "every-bar" }
    | { readonly kind: "band"; readonly fraction: number };
  /** Bars of its own interval without a bar after which a held symbol is reported stale. */
  readonly maxStale: number;
  /** How long the order of a target waits. Absent: `gtc`, until another target replaces it. */
  readonly timeInForce?: Exclude<TimeInForce, "gtd">;
  /** The way of the price through a bar. Absent: `pessimistic`. */
  readonly path?: IntrabarPath;
  /** How much of a bar's volume the account may trade. */
  readonly volumeCap?: VolumeCap;
  /** Absent: a cash account, in which positions never exceed equity. */
  readonly margin?: Margin;
  /** Proceeds of sales can be spent so many sessions later. */
  readonly settlement?: { readonly sessions: number };
  /** Annual rate on the notional of shorts, as a fraction; a symbol's own rate comes first. */
  readonly borrow?: { readonly rate: number };
  readonly interest?: Interest;
}

export type TargetFill = "next-open" | "next-close" | "market-on-open" | "market-on-close";

/**
 * How long an order works. `day`: in the session of the first bar after its decision. `gtc`: until it is filled or cancelled. `gtd`: in bars that
 * end at or before an instant. `ioc`: at the open of its first bar, what is left is cancelled. `fok`: there too, in full or not at all.
 */
export type TimeInForce = "day" | "gtc" | "gtd" | "ioc" | "fok";

/**
 * `pessimistic`: of several levels that a bar reaches, the one that is worst for the account is reached first. The others name the order in
 * which the bar's extremes were seen.
 */
export type IntrabarPath = "pessimistic" | "open-high-low-close" | "open-low-high-close";

/** One symbol as the account trades it. */
export interface Instrument {
  readonly symbol: string;
  readonly currency: string;
  /** Quantities are whole multiples of it. 0: any quantity. */
  readonly lot: number;
  /** Prices are whole multiples of it where declared. 0: not declared. */
  readonly tick: number;
  /** False: nobody lends it, so it can't be sold short. Absent: it can. */
  readonly shortable?: boolean;
  /** Annual rate for borrowing it, as a fraction. Absent: the brokerage's. */
  readonly borrowRate?: number;
}

/** Columns of the prices that a brokerage reads beside open, high, low and close. */
export function brokerageColumns({ volumeCap, slippage }: Brokerage): readonly string[] {
  return volumeCap?.share !== undefined || hasImpact(slippage) ? ["volume"] : [];
}
