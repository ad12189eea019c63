import { isProtective, removeOrder } from "./book.ts";
import { KIND } from "./fill-log.ts";
import { cancel, NOTHING } from "./pending.ts";
import type { Run } from "./run.ts";

/** See `Backtest.waiting`. */
export function countWaiting({ pending, book }: Run): number {
  const exits = book.exits.reduce((sum, orders) => sum + orders.filter((order) => !isProtective(order)).length, 0);
  return pending.count + exits + book.entries.reduce((sum, orders) => sum + orders.length, 0);
}

/** See `Backtest.cancel`. */
export function cancelOrders(run: Run): void {
  const { pending, book, quotes, rule, desk, lastStamp } = run;
  for (const [s, { symbol }] of quotes.entries()) {
    const withdrawn: number[] = [];
    let decided = false;
    if (pending.kind[s] !== NOTHING) {
      withdrawn.push(pending.to[s]!);
      decided = pending.kind[s] !== KIND.rebalance;
    }
    cancel(pending, s);
    for (const list of ["entries", "exits"] as const)
      for (const order of [...book[list][s]!]) {
        if (isProtective(order) || order.kind === KIND["margin-call"]) continue;
        removeOrder(book, list, s, order);
        withdrawn.push(order.to);
        decided ||= order.kind !== KIND.rebalance;
      }
    if (decided) rule.forget?.(s);
    for (const to of withdrawn) desk.orders?.push({ kind: "withdrawn", symbol, time: lastStamp, to });
  }
}
