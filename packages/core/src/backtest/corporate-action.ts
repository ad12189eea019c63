import { clearBook } from "./book.ts";
import { FILL_MOMENT, KIND, nextFill, SLOT } from "./fill-log.ts";
import { DUST, roundToLot } from "./lot.ts";
import { ORDER_TYPE } from "./order-type.ts";
import { NOTHING } from "./pending.ts";
import { passSplit } from "./risk-watch.ts";
import type { Run } from "./run.ts";

/** A dividend as the account got it. */
export interface PaidDividend {
  readonly symbol: string;
  readonly time: number;
  /** Per unit, in the currency of the symbol. */
  readonly amount: number;
  /** Units held before; negative for a short, which pays. */
  readonly quantity: number;
}

/** A split as the account got it. */
export interface MadeSplit {
  readonly symbol: string;
  readonly time: number;
  readonly ratio: number;
  readonly before: number;
  readonly after: number;
  /** For what was left of a lot. */
  readonly cash: number;
}

/**
 * What took effect before the bars of this stamp, for positions held since before: a split changes quantity, price and the orders that wait, and
 * what is left of a lot is paid in cash at the last close; a dividend is credited, and debited to a short.
 */
export function applyActions(run: Run): void {
  const { quotes, next, now, actions, actionCursor } = run;
  for (let s = 0; s < quotes.length; s++) {
    const of = actions[s];
    if (of === undefined || next[s] !== now.stamp) continue;
    while (actionCursor[s]! < of.length && of[actionCursor[s]!]!.time < now.stamp) {
      const action = of[actionCursor[s]!++]!;
      // Before its first bar a symbol has no position, and no price to adjust.
      if (run.cursor[s] === 0) continue;
      if (action.kind === "split") split(run, s, action.ratio);
      else pay(run, s, action.amount);
    }
  }
}

function pay({ account, now, quotes, dividends, conversion }: Run, s: number, amount: number): void {
  const quantity = account.quantity[s]!;
  if (quantity === 0) return;
  const paid = conversion === undefined ? quantity * amount : quantity * amount * conversion.rate[s]!;
  account.cash += paid;
  account.dividends += paid;
  dividends.push({ symbol: quotes[s]!.symbol, time: now.stamp, amount, quantity });
}

function split(run: Run, s: number, ratio: number): void {
  const { account, now, quotes, instruments, cursor, splits } = run;
  const { lot } = instruments[s]!;
  account.mark[s]! /= ratio;
  if (run.conversion !== undefined) run.conversion.close[s]! /= ratio;
  if (run.desk.watch !== undefined) passSplit(run.desk.watch, s, ratio);
  adjustOrders(run, s, ratio);
  const before = account.quantity[s]!;
  if (before === 0) return;
  const after = roundToLot(before * ratio, lot);
  const rest = before * ratio - after;
  // Rounding is no fraction of a unit.
  const left = Math.abs(rest) <= DUST * Math.max(lot, Math.abs(after)) ? 0 : rest;
  const mark = account.mark[s]!;
  const cost = account.averageCost[s]! / ratio;
  account.averageCost[s] = cost;
  const bar = cursor[s]!;
  const log = (kind: typeof KIND.split | typeof KIND.fraction, quantity: number, held: number, price: number): void => {
    const place = nextFill(account.fills);
    const { rows } = account.fills;
    rows[place + SLOT.time] = now.stamp;
    rows[place + SLOT.symbol] = s;
    rows[place + SLOT.bar] = bar;
    rows[place + SLOT.quantity] = quantity;
    rows[place + SLOT.held] = held;
    rows[place + SLOT.price] = price;
    rows[place + SLOT.realized] = kind === KIND.fraction ? -quantity * (mark - cost) : 0;
    rows[place + SLOT.kind] = kind;
    rows[place + SLOT.type] = ORDER_TYPE.market;
    rows[place + SLOT.moment] = FILL_MOMENT.open;
  };
  log(KIND.split, after + left - before, after + left, 0);
  if (left !== 0) {
    account.cash += left * mark;
    log(KIND.fraction, -left, after, mark);
  }
  account.quantity[s] = after;
  if (after === 0) {
    account.averageCost[s] = 0;
    clearBook(run.book, s);
  }
  splits.push({ symbol: quotes[s]!.symbol, time: now.stamp, ratio, before, after, cash: left * mark });
}

function adjustOrders({ book, pending, instruments }: Run, s: number, ratio: number): void {
  const { lot } = instruments[s]!;
  if (pending.kind[s] !== NOTHING) pending.to[s] = roundToLot(pending.to[s]! * ratio, lot);
  for (const list of [book.entries[s]!, book.exits[s]!])
    for (const order of list) {
      order.to = roundToLot(order.to * ratio, lot);
      for (const { terms } of [order, ...order.bracket]) {
        terms.limit /= ratio;
        terms.stop /= ratio;
        terms.trail /= ratio;
      }
    }
}
