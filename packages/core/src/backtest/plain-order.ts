import type { Account } from "./broker.ts";
import { type FeeModel, feeOf, isLinear } from "./fee.ts";
import { FILL_MOMENT, KIND, nextFill, SLOT } from "./fill-log.ts";
import { lotDifference, sameQuantity } from "./lot.ts";
import { ORDER_TYPE } from "./order-type.ts";
import { cancel, type Pending, place } from "./pending.ts";
import type { Quotes } from "./quotes.ts";
import type { Run } from "./run.ts";
import { hasImpact, type SlippageModel, slip } from "./slippage.ts";
import { sizeOf, type TargetRule } from "./targets.ts";

/**
 * The only symbol's orders, where no more happens to any of them than that it is decided at a close, and paid in full at the next open: most
 * orders of most backtests. What `targets` and `broker` do in many steps is one here, with the same arithmetic in the same order; whatever
 * else can happen to an order is left to them.
 */
export interface PlainOrders {
  readonly rule: TargetRule;
  readonly quotes: Quotes;
  readonly account: Account;
  readonly pending: Pending;
  readonly fee: FeeModel;
  readonly slippage: SlippageModel;
  readonly lot: number;
  readonly tick: number;
}

/** Undefined where orders are more than this by their terms. */
export function createPlainOrders({ broker, account, pending, quotes, desk }: Run, rule: TargetRule) {
  const { fee, slippage, instruments } = broker;
  const { lot, tick, shortable } = instruments[0]!;
  const plain = isLinear(fee) && !hasImpact(slippage) && shortable !== false && desk.orders === undefined;
  return plain ? { rule, quotes: quotes[0]!, account, pending, fee, slippage, lot, tick } : undefined;
}

/** Places the order for a target that differs from the last one, at the close of a bar. False when it says nothing; then nothing happened. */
export function decidePlain(
  { rule, quotes, account, pending, lot }: PlainOrders,
  bar: number,
  target: number,
): boolean {
  if (!Number.isFinite(target)) return false;
  const { stamps, mark } = quotes;
  const held = account.quantity[0]!;
  const close = mark[bar]!;
  const to = sizeOf(rule, target, account.cash + held * close, close, lot);
  rule.last[0] = target;
  if (sameQuantity(to, held, lot)) cancel(pending, 0);
  else {
    pending.to[0] = to;
    pending.decided[0] = stamps[bar]!;
    place(pending, 0, KIND.target);
  }
  return true;
}

/** Fills the order that waits, at the open of a bar. False when it can't be paid in full, or is no quantity to trade; then nothing happened. */
export function fillPlain(
  { quotes, account, pending, fee: model, slippage, lot, tick }: PlainOrders,
  bar: number,
): boolean {
  const { quantity, averageCost, fills } = account;
  const from = quantity[0]!;
  const to = pending.to[0]!;
  const buys = to > from;
  const market = (buys ? quotes.buy : quotes.sell)[bar]!;
  const price = slip(slippage, market, buys ? 1 : -1, tick);
  // A flip goes through flat.
  const flips = from * to < 0;
  const reduces = flips || Math.abs(to) < Math.abs(from);
  let { cash } = account;
  let fee = 0;
  let out = 0;
  let into = 0;
  if (reduces) {
    const less = lotDifference(flips ? 0 : to, from, lot);
    out = Math.abs(less);
    fee = feeOf(model, out, price);
    if (price * less + fee > Math.max(cash, 0)) return false;
    cash -= price * less + fee;
  }
  if (!reduces || flips) {
    const held = flips ? 0 : from;
    const more = lotDifference(to, held, lot);
    into = Math.abs(more);
    const own = feeOf(model, into, price);
    const short = held < 0 ? 0 - held * account.mark[0]! : 0;
    if (!(price * into + own <= cash - 2 * short)) return false;
    cash -= price * more + own;
    fee += own;
  }
  const size = out + into;
  if (size === 0) return false;
  account.cash = cash;
  quantity[0] = to;
  const lost = Math.abs(price - market) * size;
  const at = nextFill(fills);
  const { rows } = fills;
  rows[at + SLOT.time] = quotes.stamps[bar]!;
  rows[at + SLOT.symbol] = 0;
  rows[at + SLOT.bar] = bar;
  rows[at + SLOT.quantity] = lotDifference(to, from, lot);
  rows[at + SLOT.held] = to;
  rows[at + SLOT.price] = price;
  rows[at + SLOT.fee] = fee;
  rows[at + SLOT.slippage] = lost;
  rows[at + SLOT.realized] = out === 0 ? 0 : (from > 0 ? price - averageCost[0]! : averageCost[0]! - price) * out;
  rows[at + SLOT.kind] = pending.kind[0]!;
  rows[at + SLOT.type] = ORDER_TYPE.market;
  rows[at + SLOT.moment] = FILL_MOMENT.open;
  rows[at + SLOT.order] = ++account.orders;
  account.fees += fee;
  account.slippage += lost;
  account.traded += price * size;
  if (into === 0) {
    if (to === 0) averageCost[0] = 0;
  } else if (out > 0 || from === 0) {
    account.entries++;
    account.entryBar[0] = bar;
    averageCost[0] = price;
  } else averageCost[0] = (averageCost[0]! * Math.abs(from) + price * into) / (Math.abs(from) + into);
  cancel(pending, 0);
  return true;
}
