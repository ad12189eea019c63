import { clearBook, enterBook, workingOrder } from "./book.ts";
import { KIND } from "./fill-log.ts";
import { DUST } from "./lot.ts";
import { maintenanceOf } from "./margin.ts";
import { marketTerms } from "./order-type.ts";
import { cancel } from "./pending.ts";
import type { Run } from "./run.ts";

/** A close at which equity was below what the positions need. */
export interface MarginCall {
  readonly time: number;
  readonly equity: number;
  readonly required: number;
}

/**
 * At a close below the maintenance margin everything is to be sold at the next open, whatever it brings there: all of every position, with
 * slippage, and not only as much as would mend it. What waited is cancelled, and nothing is opened in a symbol before it is closed.
 */
export function callMargin(run: Run, equity: number): void {
  const { account, book, called, pending, brokerage, calls } = run;
  const { margin } = brokerage;
  if (margin === undefined) return;
  const { quantity, mark } = account;
  let [longs, shorts] = [0, 0];
  let closing = false;
  for (let s = 0; s < quantity.length; s++) {
    if (called[s] === 1 && quantity[s] === 0) called[s] = 0;
    closing ||= called[s] === 1;
    const position = quantity[s]! * mark[s]!;
    if (position > 0) longs += position;
    else shorts -= position;
  }
  const required = maintenanceOf(margin, { longs, shorts });
  // Rounding is no call: what was opened to the limit stands at it.
  if (equity >= required * (1 - DUST) || longs + shorts === 0) return;
  if (!closing) calls.push({ time: run.now.stamp, equity, required });
  for (let s = 0; s < quantity.length; s++) {
    if (called[s] === 1) continue;
    cancel(pending, s);
    clearBook(book, s);
    if (quantity[s] === 0) continue;
    called[s] = 1;
    const terms = marketTerms("market", quantity[s]! > 0 ? -1 : 1);
    enterBook(
      book,
      "exits",
      s,
      workingOrder({ number: ++account.orders, kind: KIND["margin-call"], terms, decided: run.now.stamp, to: 0 }),
    );
  }
}
