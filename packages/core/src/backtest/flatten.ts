import { clearBook, enterBook, isProtective, workingOrder } from "./book.ts";
import { KIND } from "./fill-log.ts";
import { marketTerms } from "./order-type.ts";
import { cancel, NOTHING, place } from "./pending.ts";
import type { Run } from "./run.ts";

/** An order that closes what is held of a symbol at its next bar, in place of what waits; unless one does so already. */
export function flatten(run: Run, s: number): void {
  const { pending, book, account, now, desk } = run;
  const held = account.quantity[s]!;
  const waits = pending.kind[s] !== NOTHING && pending.to[s] === 0;
  if (waits || book.exits[s]!.some((order) => !isProtective(order))) return;
  clearBook(book, s, "entries");
  cancel(pending, s);
  if (run.plainTargets) {
    pending.to[s] = 0;
    pending.decided[s] = now.stamp;
    place(pending, s, KIND.drain);
  } else
    enterBook(
      book,
      "exits",
      s,
      workingOrder({
        number: ++account.orders,
        kind: KIND.drain,
        terms: marketTerms("market", held > 0 ? -1 : 1),
        decided: now.stamp,
        to: 0,
      }),
    );
  desk.orders?.push({
    kind: "placed",
    symbol: desk.instruments[s]!.symbol,
    time: now.stamp,
    because: "drain",
    type: "market",
    quantity: -held,
    to: 0,
  });
}
