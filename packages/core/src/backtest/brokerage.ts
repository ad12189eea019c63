/** How a world's brokerage fills and charges, as the world file says it. */
export interface Brokerage {
  readonly fee: FeeModel;
  readonly slippage: SlippageModel;
  /** A decision at the close of bar t fills at the open of bar t+1. The only one there is so far. */
  readonly fill: "next-open";
  /** When a target acts: when it differs from the symbol's last target; at every bar; or when it differs from the held quantity by more than `band`. */
  readonly act:
    | { readonly kind: "change" }
    | { readonly kind: "every-bar" }
    | { readonly kind: "band"; readonly fraction: number };
  /** Bars of its own interval without a bar after which a held symbol is reported stale. */
  readonly maxStale: number;
}

export type FeeModel =
  /** Fraction of the notional, both sides. */
  | { readonly kind: "percent"; readonly fraction: number }
  /** Money per unit traded, with an optional least charge per order. */
  | { readonly kind: "per-share"; readonly amount: number; readonly minimum: number }
  | { readonly kind: "none" };

export type SlippageModel =
  | { readonly kind: "none" }
  /** Fraction of the price, against the order. */
  | { readonly kind: "percent"; readonly fraction: number };

/** One symbol as the account trades it. */
export interface Instrument {
  readonly symbol: string;
  readonly currency: string;
  /** Quantities are whole multiples of it. 0: any quantity. */
  readonly lot: number;
  /** Prices are whole multiples of it where declared. 0: not declared. */
  readonly tick: number;
}
