import { admit } from "./admission.ts";
import { enterBook, isProtective, workingOrder } from "./book.ts";
import { KIND } from "./fill-log.ts";
import { limitTo } from "./limit-order.ts";
import { lotDifference, roundToLot, sameQuantity } from "./lot.ts";
import { passed } from "./order-terms.ts";
import { marketTerms } from "./order-type.ts";
import { NOTHING, place } from "./pending.ts";
import type { Run } from "./run.ts";
import { marketTypeOf } from "./targets.ts";

/** An order from outside of the decision, which brings a position to another share. */
export interface Leg {
  readonly symbol: string;
  /** Signed units that it was planned on. It is for these: what is held otherwise is left as it is. */
  readonly held: number;
  /** Signed units to trade. */
  readonly quantity: number;
  /** It must make the position smaller, on whichever side that is, and not go through flat. */
  readonly reduceOnly: boolean;
}

/** Why less of a leg was ordered than was asked for. */
export const LEG_REASONS = {
  "not-traded": "The account does not trade the symbol",
  "other-venue": "The account trades at one venue, which has no name",
  "position-changed": "What is held is not what it was planned on",
  "order-waiting": "Another order for the symbol waits",
  "no-price": "The symbol has no price, or no bar any more",
  "less-than-a-lot": "It is less than a lot",
  "reduce-only": "It would not only reduce",
  "side-closed": "The gate lets none of it pass",
  "risk-limit": "A limit of risk holds it back",
  refused: "The brokerage refuses it",
  superseded: "A newer rebalancing stands in its place",
} as const satisfies Readonly<Record<string, string>>;

export type LegReason = keyof typeof LEG_REASONS;

export interface LegOutcome {
  readonly symbol: string;
  /** Signed units. */
  readonly asked: number;
  readonly ordered: number;
  /** Where that is less. */
  readonly reason?: LegReason;
}

/** Places the legs at the last stamp: they fill like the orders of targets. One per symbol. */
export function placeLegs(run: Run, legs: readonly Leg[]): readonly LegOutcome[] {
  return legs.map((leg) => {
    const { symbol, quantity: asked } = leg;
    const s = run.quotes.findIndex((one) => one.symbol === symbol);
    if (s < 0) return { symbol, asked, ordered: 0, reason: "not-traded" };
    const { lot } = run.instruments[s]!;
    const found = reachOf(run, s, leg);
    if (typeof found === "string") return { symbol, asked, ordered: 0, reason: found };
    const { to, reason } = found;
    const ordered = lotDifference(to, leg.held, lot);
    enter(run, s, to);
    return { symbol, asked, ordered, ...(reason !== undefined && { reason }) };
  });
}

/** The quantity that a leg may bring its symbol to, and why that is less than it asks for; or why it is none. */
function reachOf(run: Run, s: number, leg: Leg): { readonly to: number; readonly reason?: LegReason } | LegReason {
  const { account, instruments, pending, book, desk, final, next } = run;
  const { lot } = instruments[s]!;
  const held = account.quantity[s]!;
  if (!sameQuantity(held, leg.held, lot)) return "position-changed";
  const exits = book.exits[s]!.some((order) => !isProtective(order));
  if (pending.kind[s] !== NOTHING || book.entries[s]!.length > 0 || exits) return "order-waiting";
  if (account.mark[s] === 0 || (final[s] === 1 && next[s] === Number.POSITIVE_INFINITY)) return "no-price";
  const whole = roundToLot(leg.quantity, lot);
  if (whole === 0) return "less-than-a-lot";
  const wish = lotDifference(whole, -held, lot);
  const reducing = held * whole < 0;
  if (leg.reduceOnly && !reducing) return "reduce-only";
  const bounded = leg.reduceOnly && held * wish < 0 ? 0 : wish;
  const may = passed(desk.terms, held, bounded);
  if (may === undefined || sameQuantity(may, held, lot)) return "side-closed";
  const limited = limitTo(desk, s, may, `rebalance ${run.now.stamp}`);
  if (sameQuantity(limited, held, lot)) return "risk-limit";
  const to = admit(desk, s, limited);
  if (to === undefined || sameQuantity(to, held, lot)) return "refused";
  if (limited !== may) return { to, reason: "risk-limit" };
  if (to !== may) return { to, reason: "refused" };
  if (may !== bounded) return { to, reason: "side-closed" };
  return bounded === wish ? { to } : { to, reason: "reduce-only" };
}

function enter(run: Run, s: number, to: number): void {
  const { account, book, desk, pending, now, instruments } = run;
  const quantity = lotDifference(to, account.quantity[s]!, instruments[s]!.lot);
  const type = desk.target === undefined ? "market" : marketTypeOf(desk.target.fill);
  desk.orders?.push({
    kind: "placed",
    symbol: instruments[s]!.symbol,
    time: now.stamp,
    because: "rebalance",
    type,
    quantity,
    to,
  });
  if (run.plainTargets) {
    pending.to[s] = to;
    pending.decided[s] = now.stamp;
    place(pending, s, KIND.rebalance);
  } else
    enterBook(
      book,
      "entries",
      s,
      workingOrder({
        number: ++account.orders,
        kind: KIND.rebalance,
        terms: marketTerms(type, quantity > 0 ? 1 : -1),
        decided: now.stamp,
        to,
        ...(desk.target !== undefined && {
          timeInForce: desk.target.timeInForce,
          auction: desk.target.fill === "next-close" ? "bar" : "session",
        }),
      }),
    );
}
