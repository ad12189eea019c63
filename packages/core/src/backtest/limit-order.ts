import type { Desk } from "./decision-rule.ts";
import { lotDifference, sameQuantity } from "./lot.ts";
import { NOTHING } from "./pending.ts";
import { limitOrders, type RiskAccount } from "./risk.ts";
import type { RiskLimits } from "./risk-limits.ts";

/**
 * The quantity that an order may bring a symbol to within the limits of the terms in force, if there are any; what is held where nothing more passes.
 * What limits hold back is told once for each thing that is asked.
 *
 * @param asked what the order follows from: the same again is told once
 */
export function limitTo(desk: Desk, s: number, to: number, asked: string): number {
  const { terms, watch, account, instruments, now } = desk;
  const { limits } = terms;
  const { symbol, lot } = instruments[s]!;
  const held = account.quantity[s]!;
  if (limits === undefined || watch === undefined || sameQuantity(to, held, lot)) return to;
  const order = { symbol, quantity: lotDifference(to, held, lot), price: account.mark[s]!, lot };
  const { quantities, breaches } = limitOrders([order], standingOf(desk, s), partOf(limits, terms.part));
  const [passes = 0] = quantities;
  if (passes === order.quantity) {
    watch.told[s] = "";
    return to;
  }
  const allowed = lotDifference(passes, -held, lot);
  const key = JSON.stringify([asked, breaches.map(({ metric, action }) => [metric, action])]);
  if (key !== watch.told[s]) desk.orders?.push({ kind: "limited", symbol, time: now.stamp, to, allowed, breaches });
  watch.told[s] = key;
  return allowed;
}

/** What is a multiple of equity counts on the part as it is; of money the part has its own part. */
function partOf({ positionValue, ...limits }: RiskLimits, part: number): RiskLimits {
  return positionValue === undefined ? limits : { ...limits, positionValue: positionValue * part };
}

/** The strategy's part of the account, as if every order that waits had filled but those for this symbol, which the new one replaces. */
function standingOf({ account, book, pending, instruments, now, terms, watch }: Desk, own: number): RiskAccount {
  const equity = now.equity * terms.part;
  const { index, peak, returns, symbolReturns, periodsPerYear } = watch!;
  const coming = (s: number): number => {
    if (pending.kind[s] !== NOTHING) return pending.to[s]!;
    const held = account.quantity[s]!;
    return book.entries[s]!.reduce((most, { to }) => (Math.abs(to) > Math.abs(most) ? to : most), held);
  };
  return {
    equity,
    // Where all of it is lost it is far below any peak.
    peak: index > 0 ? (equity * peak) / index : Number.MAX_VALUE,
    positions: instruments.flatMap(({ symbol }, s) => {
      const quantity = s === own ? account.quantity[s]! : coming(s);
      return quantity === 0 ? [] : [{ symbol, quantity, mark: account.mark[s]! }];
    }),
    returns: Float64Array.from(returns),
    periodsPerYear,
    ...(terms.limits?.correlation !== undefined && {
      symbolReturns: Object.fromEntries(
        instruments.map(({ symbol }, s) => [symbol, Float64Array.from(symbolReturns[s]!)]),
      ),
    }),
  };
}
