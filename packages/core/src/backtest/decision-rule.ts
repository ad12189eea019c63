import type { Book } from "./book.ts";
import type { Account } from "./broker.ts";
import type { Instrument, TargetFill, TimeInForce } from "./brokerage.ts";
import type { Moment } from "./moment.ts";
import type { OrderEvent } from "./order-log.ts";
import type { OrderTerms } from "./order-terms.ts";
import type { Pending } from "./pending.ts";
import type { RiskWatch } from "./risk-watch.ts";

/** What the decision has said so far. */
export interface DecisionLog {
  decisions: number;
  undecided: number;
  conflicts: number;
  /** Stamp of the first decision bar; `NaN` before it. */
  first: number;
  /** Orders that were refused, by why. */
  readonly rejected: Rejection[];
  /** By symbol: parts of orders that a bar's volume left over, and orders whose time was up with the units that they still wanted. */
  readonly partial: Int32Array;
  readonly expired: Int32Array;
  readonly expiredQuantity: Float64Array;
}

/** `not-shortable`: nobody lends it. `margin-call`: the account was called, and is being closed. */
export type RejectionReason = "not-shortable" | "margin-call";

export interface Rejection {
  readonly symbol: string;
  readonly time: number;
  readonly reason: RejectionReason;
  /** The quantity that was to be held. */
  readonly quantity: number;
}

export interface TargetOrder {
  readonly fill: TargetFill;
  readonly timeInForce: TimeInForce;
}

/** What a decision sees of the portfolio it decides for; symbols by their places in the universe. */
export interface Desk {
  readonly instruments: readonly Instrument[];
  readonly account: Account;
  /** Where the plain orders of targets go. */
  readonly pending: Pending;
  /** Where all other orders go. */
  readonly book: Book;
  /** What the orders of targets are; absent where they are plain. */
  readonly target: TargetOrder | undefined;
  /** The account was called, and this symbol is being closed. */
  readonly called: Uint8Array;
  readonly log: DecisionLog;
  readonly now: Moment;
  /** They hold until others are given. */
  terms: OrderTerms;
  /** Where limits of risk are applied. */
  readonly watch: RiskWatch | undefined;
  /** Told of orders, where somebody listens. */
  readonly orders: OrderEvent[] | undefined;
}

/** One of the three ways to decide. */
export interface DecisionRule {
  /** The first bar of a symbol: what was decided before is not its concern. */
  arrive(s: number): void;
  /** Reads the rows that are known at the close of a symbol's bar, and places or cancels its order. */
  decide(s: number, bar: number): void;
  /** Reads the rows up to `to` that are computed, so that the execution may go on; they count at their symbol's next bar. */
  listen?(to: number): void;
  /** What waited for a symbol was taken back from outside: it may be asked for again. */
  forget?(s: number): void;
}
