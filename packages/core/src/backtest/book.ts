import type { TimeInForce } from "./brokerage.ts";
import { type Charges, noCharges } from "./fee.ts";
import { KIND, type KindNumber } from "./fill-log.ts";
import type { Terms } from "./order-type.ts";

/** An order that is more than a market order for the next open: it waits for a price, an auction, or the rest of what it wants. */
export interface WorkingOrder {
  readonly number: number;
  readonly kind: KindNumber;
  readonly terms: Terms;
  readonly timeInForce: TimeInForce;
  /** `gtd`: the end of the last bar in which it works. */
  readonly until: number;
  /** Stamp at which it was decided. */
  readonly decided: number;
  /** The quantity to hold afterwards. */
  to: number;
  /** What an auction order calls an auction: that of the next bar, or the next session's. */
  readonly auction: "bar" | "session";
  /** End of the session of its first bar; `NaN` before that. */
  session: number;
  /** It had its chance at an open. */
  worked: boolean;
  charges: Charges;
  /** What protects the position that it opens. */
  readonly bracket: readonly Protection[];
}

/** An exit that waits as long as its position is held. */
export interface Protection {
  readonly kind: KindNumber;
  readonly terms: Terms;
}

/** Working orders by symbol, each in the order in which they came. */
export interface Book {
  /** Orders that open, add, or bring about a target; of several the first that fills cancels the others. */
  readonly entries: WorkingOrder[][];
  /** Orders that close what is held, one cancels the others. */
  readonly exits: WorkingOrder[][];
  /** Of all symbols. */
  count: number;
}

export function createBook(symbols: number): Book {
  return {
    entries: Array.from({ length: symbols }, () => []),
    exits: Array.from({ length: symbols }, () => []),
    count: 0,
  };
}

export function enterBook(book: Book, list: "entries" | "exits", s: number, order: WorkingOrder): void {
  book[list][s]!.push(order);
  book.count++;
}

export function removeOrder(book: Book, list: "entries" | "exits", s: number, order: WorkingOrder): void {
  const at = book[list][s]!.indexOf(order);
  if (at < 0) return;
  book[list][s]!.splice(at, 1);
  book.count--;
}

/** Takes all orders of one list, or of both. */
export function clearBook(book: Book, s: number, list?: "entries" | "exits"): void {
  for (const name of list === undefined ? (["entries", "exits"] as const) : [list]) {
    book.count -= book[name][s]!.length;
    book[name][s]!.length = 0;
  }
}

export function workingOrder(
  order: Pick<WorkingOrder, "number" | "kind" | "terms" | "decided" | "to"> &
    Partial<Pick<WorkingOrder, "timeInForce" | "until" | "bracket" | "auction">>,
): WorkingOrder {
  return {
    timeInForce: "gtc",
    until: Number.POSITIVE_INFINITY,
    bracket: [],
    auction: "session",
    session: Number.NaN,
    worked: false,
    charges: noCharges(),
    ...order,
  };
}

/** True where a bar ends after the last one in which the order works. */
export function isOver({ until, session }: Pick<WorkingOrder, "until" | "session">, stamp: number): boolean {
  return stamp > until || stamp > session;
}

/** An exit that its position's entry put up, not the decision. */
export function isProtective({ kind }: Pick<WorkingOrder, "kind">): boolean {
  return kind === KIND.stop || kind === KIND["take-profit"] || kind === KIND["trailing-stop"];
}
