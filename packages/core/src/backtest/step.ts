import { clearBook, isProtective } from "./book.ts";
import { draft, settle, submit, submitClosing } from "./broker.ts";
import { carry } from "./carry.ts";
import { convertClose, passRates } from "./conversion.ts";
import { applyActions } from "./corporate-action.ts";
import { holdPoint, keepPoint, passPlace, passSession } from "./curve.ts";
import { KIND, type KindNumber } from "./fill-log.ts";
import { flatten } from "./flatten.ts";
import { callMargin } from "./margin-call.ts";
import { matchClose, matchInside, matchOpen } from "./match.ts";
import { cancel, NOTHING } from "./pending.ts";
import { isPrice, refuseImpossible } from "./quotes.ts";
import { passMark, passPeriod } from "./risk-watch.ts";
import { placeOf, type Run } from "./run.ts";

/** One stamp of the clock. */
export function step(run: Run): void {
  const { quotes, account, pending, book, log, now, rule, cursor, next } = run;
  const { quantity, mark } = account;
  const t = run.upcoming;
  now.stamp = t;
  const n = quotes.length;
  passSession(run.curve, t);
  const { watch, terms } = run.desk;
  if (watch !== undefined) passPeriod(watch, t, account);
  if (run.ending.length > 0) closeEnded(run);
  if (run.clock !== undefined) carry(run);
  if (run.actions.length > 0) applyActions(run);
  noticeReturns(run);
  if (pending.count > 0) fillAtOpen(run);
  if (book.count > 0) {
    matchOpen(run);
    matchInside(run);
  }
  // What is known at the end of the bar counts for its close, and not for what was before.
  if (run.conversion !== undefined) passRates(run.conversion, t, account);
  if (book.count > 0) matchClose(run);

  let value = 0;
  let gross = 0;
  for (let s = 0; s < n; s++) {
    if (next[s] === t) markBar(run, s);
    else if (quantity[s] !== 0) run.stale.absent(s, t, run.stamps);
    const position = quantity[s]! * mark[s]!;
    value += position;
    gross += Math.abs(position);
  }
  let equity = account.cash + value;
  if (equity <= 0 && gross > 0) {
    closeRuined(run);
    equity = account.cash;
    gross = 0;
  }

  now.equity = equity;
  if (watch !== undefined) {
    // What is held under terms that command nothing was sized by the part before.
    if (terms.part > 0) watch.part = terms.part;
    passMark(watch, equity);
  }
  if (run.brokerage.margin !== undefined) callMargin(run, equity);

  let upcoming = Number.POSITIVE_INFINITY;
  for (let s = 0; s < n; s++) {
    if (next[s] === t) {
      const bar = cursor[s]!;
      const { stamps, origin } = quotes[s]!;
      if (Number.isNaN(run.ruined) && t >= run.from) {
        if (run.arrived[s] === 0) {
          run.arrived[s] = 1;
          rule.arrive(s);
        }
        rule.decide(s, bar);
        if (run.desk.terms.flatten && quantity[s] !== 0) flatten(run, s);
      }
      cursor[s] = bar + 1;
      next[s] = stamps[bar + 1 - origin] ?? Number.POSITIVE_INFINITY;
      if (next[s] === Number.POSITIVE_INFINITY && run.final[s] === 1) run.ending.push(s);
    }
    if (next[s]! < upcoming) upcoming = next[s]!;
  }
  run.upcoming = upcoming;
  const { curve, stamps: place } = run;
  if (log.first <= t) {
    const exposure = gross === 0 ? 0 : gross / equity;
    if (curve.length === 0 || place === curve.next) {
      keepPoint(curve, t, equity, exposure);
      run.lastKept = place;
    } else if (curve.session !== undefined) holdPoint(curve.session, t, equity, exposure);
  }
  if (place === curve.next) passPlace(curve);
  run.stamps++;
  run.lastStamp = t;
}

/** Held symbols whose first price after a long gap stands in this bar; before this bar's orders change what is held. */
function noticeReturns(run: Run): void {
  const { quotes, account, now, next, pricedAt, stale } = run;
  for (let s = 0; s < quotes.length; s++) {
    if (next[s] !== now.stamp || !(now.stamp - pricedAt[s]! > stale.tolerance)) continue;
    if (account.quantity[s] !== 0 && !Number.isNaN(quotes[s]!.mark[placeOf(run, s)]!)) stale.returned(s, now.stamp);
  }
}

/** Reads the close, and refuses any price of the bar that can't be one. */
function markBar(run: Run, s: number): void {
  const { account, now, pricedAt, pricedIndex, stale } = run;
  const { symbol, buy, sell, mark } = run.quotes[s]!;
  const bar = placeOf(run, s);
  const close = mark[bar]!;
  if (!(isPrice(buy[bar]!) && isPrice(sell[bar]!) && isPrice(close))) {
    refuseImpossible(buy[bar]!, symbol, now.stamp);
    refuseImpossible(sell[bar]!, symbol, now.stamp);
    refuseImpossible(close, symbol, now.stamp);
    run.gaps++;
  }
  const held = account.quantity[s] !== 0;
  if (Number.isNaN(close)) {
    if (held) stale.absent(s, now.stamp, run.stamps);
    return;
  }
  pricedAt[s] = now.stamp;
  pricedIndex[s] = run.stamps;
  if (run.conversion === undefined) account.mark[s] = close;
  else convertClose(run.conversion, s, close, account);
}

/** What waits for a symbol that has a bar at this stamp. */
export function fillAtOpen(run: Run): void {
  const t = run.now.stamp;
  const { quotes, broker, pending, account, cursor, next } = run;
  for (let s = 0; s < quotes.length; s++) {
    if (pending.kind[s] === NOTHING || next[s] !== t) continue;
    const kind = pending.kind[s] as KindNumber;
    const { symbol, buy, sell, origin } = quotes[s]!;
    const bar = cursor[s]!;
    const to = pending.to[s]!;
    const price = (to > account.quantity[s]! ? buy : sell)[bar - origin]!;
    if (!isPrice(price)) {
      refuseImpossible(price, symbol, t);
      continue;
    }
    const order = draft(broker, s, kind, bar);
    order.wanted = to;
    order.market = price;
    submit(broker, order, true);
    cancel(pending, s);
  }
  settle(broker, false);
}

function closeEnded(run: Run): void {
  const t = run.now.stamp;
  const { quotes, account, broker, pending, book, ending } = run;
  for (const s of ending) {
    const { symbol } = quotes[s]!;
    const held = account.quantity[s]!;
    if (pending.kind[s] !== NOTHING)
      run.unfilled.push({ symbol, decided: pending.decided[s]!, quantity: pending.to[s]! - held });
    cancel(pending, s);
    for (const order of [...book.entries[s]!, ...book.exits[s]!])
      if (!isProtective(order)) run.unfilled.push({ symbol, decided: order.decided, quantity: order.to - held });
    clearBook(book, s);
    if (held === 0) continue;
    run.ended.push({ symbol, time: t, price: account.mark[s]!, quantity: held });
    submitClosing(broker, s, KIND.ended, run.cursor[s]! - 1);
  }
  ending.length = 0;
  settle(broker, true);
}

function closeRuined(run: Run): void {
  const t = run.now.stamp;
  const { quotes, account, broker, pending, book } = run;
  run.ruined = t;
  for (let s = 0; s < quotes.length; s++) {
    cancel(pending, s);
    clearBook(book, s);
    if (account.quantity[s] === 0) continue;
    const bar = run.next[s] === t ? run.cursor[s]! : run.cursor[s]! - 1;
    submitClosing(broker, s, KIND.ruined, bar);
  }
  settle(broker, true);
}
