import type { TimeInForce } from "./brokerage.ts";

/** Types of orders, as numbers that name them in columns. */
export const ORDER_TYPE = {
  market: 0,
  limit: 1,
  stop: 2,
  "stop-limit": 3,
  "trailing-stop": 4,
  "market-on-open": 5,
  "market-on-close": 6,
} as const;

export type OrderType = keyof typeof ORDER_TYPE;
export type OrderTypeNumber = (typeof ORDER_TYPE)[OrderType];

/** By number. */
export const ORDER_TYPES = Object.keys(ORDER_TYPE) as readonly OrderType[];

/** The terms of an order that waits for a price. Levels are `NaN` where its type has none. */
export interface Terms {
  readonly type: OrderType;
  /** 1 buys, -1 sells. */
  readonly direction: 1 | -1;
  /** The worst price that it takes. */
  limit: number;
  /** The price that sets it off. A trailing stop's follows the best price. */
  stop: number;
  /** How far a trailing stop stays behind the best price. */
  trail: number;
  /** Set off: a stop is a market order from then on, a stop-limit a limit order. */
  triggered: boolean;
}

/** Of an order that takes the market's price, now or at an auction. */
export function marketTerms(type: "market" | "market-on-open" | "market-on-close", direction: 1 | -1): Terms {
  return { type, direction, limit: Number.NaN, stop: Number.NaN, trail: Number.NaN, triggered: false };
}

/** The price came to stand at `price`, by a gap or on its way: stops that it reaches are set off, trailing ones follow it. */
export function pass(terms: Terms, price: number): void {
  if (!hasTrigger(terms.type) || terms.triggered) return;
  if (terms.direction * (price - terms.stop) >= 0) terms.triggered = true;
  else if (terms.type === "trailing-stop") follow(terms, price);
}

/**
 * The price that an order gets where the market stands at `price`, before slippage; `NaN` when it goes on waiting. A stop that the price is
 * beyond is set off. Auction orders are filled by their auction, whatever the price.
 */
export function fillAt(terms: Terms, price: number): number {
  pass(terms, price);
  if (hasTrigger(terms.type) && !terms.triggered) return Number.NaN;
  const limited = terms.type === "limit" || terms.type === "stop-limit";
  return limited && !(terms.direction * (terms.limit - price) >= 0) ? Number.NaN : price;
}

/**
 * The first price at which an order fills while the market moves from one price to another, before slippage; `NaN` when there is none. It
 * could not fill at `from`, see {@link fillAt}.
 */
export function fillAlong({ type, direction, limit, stop, triggered }: Terms, from: number, to: number): number {
  if (from === to) return Number.NaN;
  const withOrder = to > from === (direction === 1);
  if (hasTrigger(type) && !triggered) {
    if (!withOrder || !(direction * (to - stop) >= 0)) return Number.NaN;
    // A stop-limit whose limit is short of its stop waits for the price to come back.
    return type === "stop-limit" && !(direction * (limit - stop) >= 0) ? Number.NaN : stop;
  }
  // A limit is reached from its far side: a purchase's while the price falls.
  if (type !== "limit" && type !== "stop-limit") return Number.NaN;
  return !withOrder && direction * (limit - to) >= 0 ? limit : Number.NaN;
}

export function hasTrigger(type: OrderType): boolean {
  return type === "stop" || type === "stop-limit" || type === "trailing-stop";
}

/** A trailing stop moves up behind a rising price when it sells, down behind a falling one when it buys, never back. */
function follow(terms: Terms, price: number): void {
  const level = price + terms.direction * terms.trail;
  if (Number.isNaN(terms.stop) || terms.direction * (terms.stop - level) > 0) terms.stop = level;
}

/** Units that an order gets of those that are there. `fok` gets all or nothing. */
export function available(wish: number, there: number, tif: TimeInForce): number {
  if (there >= wish) return wish;
  return tif === "fok" ? 0 : there;
}
