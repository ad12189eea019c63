import type { Account } from "./broker.ts";
import type { Instrument } from "./brokerage.ts";
import type { Moment } from "./moment.ts";
import type { Pending } from "./pending.ts";

/** What the decision has said so far. */
export interface DecisionLog {
  decisions: number;
  undecided: number;
  conflicts: number;
  /** Stamp of the first decision bar; `NaN` before it. */
  first: number;
}

/** What a decision sees of the portfolio it decides for; symbols by their places in the universe. */
export interface Desk {
  readonly instruments: readonly Instrument[];
  readonly account: Account;
  readonly pending: Pending;
  readonly log: DecisionLog;
  readonly now: Moment;
  /** Share x scale: what of the world's equity this strategy commands. */
  readonly part: number;
}

/** One of the three ways to decide. */
export interface DecisionRule {
  /** The first bar of a symbol: what was decided before is not its concern. */
  arrive(s: number): void;
  /** Reads the rows that are known at the close of a symbol's bar, and places or cancels its order. */
  decide(s: number, bar: number): void;
  /** Reads the rows up to `to` that are computed, so that the execution may go on; they count at their symbol's next bar. */
  listen?(to: number): void;
  /** Prices inside the bar at which a held position closes by itself. */
  readonly levels: Levels | undefined;
}

/** Price levels of what is held, `NaN` where there is none. */
export interface Levels {
  readonly stop: Float64Array;
  readonly takeProfit: Float64Array;
}
