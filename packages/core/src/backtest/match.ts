import { clearBook, enterBook, isOver, isProtective, removeOrder, type WorkingOrder, workingOrder } from "./book.ts";
import { draft, settle, submit, type Ticket } from "./broker.ts";
import { FILL_MOMENT, type FillMoment } from "./fill-log.ts";
import { isStop, pathAfterEntry, pathOf, type Reach } from "./intrabar-path.ts";
import { lotDifference } from "./lot.ts";
import { available, fillAlong, fillAt, ORDER_TYPE, pass } from "./order-type.ts";
import { isPrice, refuseImpossible } from "./quotes.ts";
import { placeOf, type Run } from "./run.ts";
import { capOf } from "./volume-cap.ts";

type List = "entries" | "exits";

/** How an order meets the market. */
interface Meeting {
  readonly price: number;
  readonly moment: FillMoment;
  readonly slips: boolean;
  readonly maker: boolean;
}

/** An order that the broker has, and what it is judged by afterwards. */
interface Attempt {
  readonly s: number;
  readonly list: List;
  readonly order: WorkingOrder;
  readonly ticket: Ticket;
  readonly before: number;
  /** What it can hold at most: less than it wants where the bar has not enough. */
  readonly to: number;
}

/**
 * What fills at the open of this stamp's bars: market orders, the opening auction, limits and stops that the open is beyond. One order per
 * symbol. Orders whose time was up are taken out before; orders that are good for this moment only, afterwards.
 */
export function matchOpen(run: Run): void {
  const { book, quotes, next, now } = run;
  const attempts: Attempt[] = [];
  for (let s = 0; s < quotes.length; s++) {
    if (next[s] !== now.stamp || book.entries[s]!.length + book.exits[s]!.length === 0) continue;
    expireBefore(run, s);
    const made = openOf(run, s);
    if (made !== undefined) attempts.push(made);
  }
  if (attempts.length > 0) settle(run.broker, false);
  for (const made of attempts) conclude(run, made);
  for (let s = 0; s < quotes.length; s++) {
    if (next[s] !== now.stamp) continue;
    for (const order of [...book.entries[s]!]) if (isSpent(order)) expire(run, s, order);
  }
}

function openOf(run: Run, s: number): Attempt | undefined {
  const { symbol, buy, sell } = run.quotes[s]!;
  const bar = placeOf(run, s);
  for (const list of ["exits", "entries"] as const)
    for (const order of run.book[list][s]!) {
      const { terms } = order;
      if (isProtective(order) || terms.type === "market-on-close") continue;
      const open = (terms.direction === 1 ? buy : sell)[bar]!;
      refuseImpossible(open, symbol, run.now.stamp);
      if (!isPrice(open) || (terms.type === "market-on-open" && !opensSession(run, s))) continue;
      const waited = order.worked;
      order.worked = true;
      const wasStop = isStop(terms);
      const price = fillAt(terms, open);
      if (Number.isNaN(price)) continue;
      const slips = terms.type !== "limit" && (terms.type !== "stop-limit" || wasStop);
      const made = attempt(run, s, list, order, { price, moment: "open", slips, maker: !slips && waited });
      if (made !== undefined) return made;
    }
  return undefined;
}

/** What fills between the open and the close: symbol by symbol, along the path of its price. */
export function matchInside(run: Run): void {
  const { book, quotes, next, now } = run;
  for (let s = 0; s < quotes.length; s++)
    if (next[s] === now.stamp && book.entries[s]!.length + book.exits[s]!.length > 0) walk(run, s);
}

function walk(run: Run, s: number): void {
  const { account, book } = run;
  const path = run.brokerage.path ?? "pessimistic";
  const { symbol, buy, sell, mark, sellLow, sellHigh, buyLow, buyHigh } = run.quotes[s]!;
  const bar = placeOf(run, s);
  const held = account.quantity[s]!;
  for (const price of [buy[bar]!, sell[bar]!, sellLow[bar]!, sellHigh[bar]!, buyLow[bar]!, buyHigh[bar]!])
    refuseImpossible(price, symbol, run.now.stamp);
  const open = (held > 0 ? sell : buy)[bar]!;
  if (!isPrice(open)) return;
  protect(run, s, open, "open");
  // A book has one price per side and bar, so nothing lies between.
  if (buy !== sell) return;
  const reach: Reach = { low: buyLow[bar]!, high: buyHigh[bar]!, close: mark[bar]! };
  let at = open;
  let ahead = pathOf(path, reach, account.quantity[s]!, book.entries[s]!);
  while (ahead.length > 0) {
    const to = ahead[0]!;
    const hit = isPrice(to) ? firstAlong(run, s, at, to) : undefined;
    if (hit === undefined) {
      if (isPrice(to)) {
        passAll(run, s, to);
        at = to;
      }
      ahead = ahead.slice(1);
      continue;
    }
    const { list, order, price } = hit;
    const { terms } = order;
    const wasStop = isStop(terms);
    passAll(run, s, price);
    at = price;
    const slips = wasStop;
    const before = account.quantity[s]!;
    fill(run, s, list, order, { price, moment: "inside", slips, maker: !slips });
    if (account.quantity[s] === before) {
      // Nothing was there for it, and nothing more will be.
      ahead = ahead.slice(1);
      passAll(run, s, to);
      at = to;
      continue;
    }
    protect(run, s, price, "inside");
    if (path === "pessimistic" && list === "entries") ahead = pathAfterEntry(reach, terms, wasStop);
  }
}

/** Protection that the price is beyond already. */
function protect(run: Run, s: number, price: number, moment: FillMoment): void {
  for (const order of [...run.book.exits[s]!]) {
    if (!isProtective(order) || !run.book.exits[s]!.includes(order)) continue;
    const reached = fillAt(order.terms, price);
    const slips = order.terms.type !== "limit";
    if (!Number.isNaN(reached)) fill(run, s, "exits", order, { price: reached, moment, slips, maker: !slips });
  }
}

function firstAlong(
  run: Run,
  s: number,
  from: number,
  to: number,
): { readonly list: List; readonly order: WorkingOrder; readonly price: number } | undefined {
  let first: { list: List; order: WorkingOrder; price: number } | undefined;
  for (const list of ["exits", "entries"] as const)
    for (const order of run.book[list][s]!) {
      const price = fillAlong(order.terms, from, to);
      if (!Number.isNaN(price) && (first === undefined || Math.abs(price - from) < Math.abs(first.price - from)))
        first = { list, order, price };
    }
  return first;
}

function passAll({ book }: Run, s: number, price: number): void {
  for (const { terms } of book.exits[s]!) pass(terms, price);
  for (const { terms } of book.entries[s]!) pass(terms, price);
}

/** What fills at the close: the closing auction, and what was to fill at the next close. */
export function matchClose(run: Run): void {
  const { book, quotes, next, now, calendar } = run;
  const attempts: Attempt[] = [];
  for (let s = 0; s < quotes.length; s++) {
    if (next[s] !== now.stamp) continue;
    const { symbol, closeBuy, closeSell } = quotes[s]!;
    const bar = placeOf(run, s);
    for (const list of ["exits", "entries"] as const) {
      const order = book[list][s]!.find(({ terms }) => terms.type === "market-on-close");
      if (order === undefined) continue;
      if (order.auction === "session" && calendar.barEnd("1d", now.stamp) !== now.stamp) continue;
      const price = (order.terms.direction === 1 ? closeBuy : closeSell)[bar]!;
      refuseImpossible(price, symbol, now.stamp);
      if (!isPrice(price)) continue;
      const made = attempt(run, s, list, order, { price, moment: "close", slips: true, maker: false });
      order.worked = true;
      if (made !== undefined) {
        attempts.push(made);
        break;
      }
    }
  }
  if (attempts.length > 0) settle(run.broker, false);
  for (const made of attempts) conclude(run, made);
  for (let s = 0; s < quotes.length; s++) if (next[s] === now.stamp) expireAfter(run, s);
}

function fill(run: Run, s: number, list: List, order: WorkingOrder, meeting: Meeting): void {
  const made = attempt(run, s, list, order, meeting);
  if (made === undefined) return;
  settle(run.broker, false);
  conclude(run, made);
}

function attempt(run: Run, s: number, list: List, order: WorkingOrder, meeting: Meeting): Attempt | undefined {
  const { account, broker, brokerage, instruments, room, roomBar, cursor } = run;
  const { lot } = instruments[s]!;
  const bar = cursor[s]!;
  const before = account.quantity[s]!;
  const wish = lotDifference(order.to, before, lot);
  if (wish === 0) {
    removeOrder(run.book, list, s, order);
    return undefined;
  }
  if (roomBar[s] !== bar) {
    roomBar[s] = bar;
    room[s] = capOf(brokerage.volumeCap, run.quotes[s]!.volume?.[placeOf(run, s)] ?? Number.NaN, lot);
  }
  const size = available(Math.abs(wish), room[s]!, order.timeInForce);
  if (size === 0) return undefined;
  const to = size === Math.abs(wish) ? order.to : before + Math.sign(wish) * size;
  const { terms } = order;
  const ticket: Ticket = {
    number: order.number,
    type: ORDER_TYPE[terms.type],
    moment: FILL_MOMENT[meeting.moment],
    maker: meeting.maker,
    worst: terms.limit,
    whole: order.timeInForce === "fok",
    charges: order.charges,
  };
  const drafted = draft(broker, s, order.kind, bar, ticket);
  drafted.wanted = to;
  drafted.market = meeting.price;
  submit(broker, drafted, meeting.slips);
  return { s, list, order, ticket, before, to };
}

function conclude(run: Run, { s, list, order, ticket, before, to }: Attempt): void {
  const { account, book, instruments, room } = run;
  const { lot } = instruments[s]!;
  const held = account.quantity[s]!;
  const filled = Math.abs(lotDifference(held, before, lot));
  room[s]! -= filled;
  order.charges = ticket.charges;
  const complete = lotDifference(held, order.to, lot) === 0;
  if (filled > 0 && list === "entries") {
    for (const rival of [...book.entries[s]!]) if (rival !== order) removeOrder(book, "entries", s, rival);
    if (held !== 0) raise(run, s, order);
  }
  if (complete) {
    removeOrder(book, list, s, order);
    if (held === 0) clearBook(book, s);
  } else if (lotDifference(held, to, lot) !== 0) {
    // The account could not pay: what it left out does not come back, protection stays.
    if (!isProtective(order)) removeOrder(book, list, s, order);
  } else run.log.partial[s]!++;
}

/** Puts up what protects a position, once. */
function raise(run: Run, s: number, entry: WorkingOrder): void {
  if (run.book.exits[s]!.some(isProtective)) return;
  for (const { kind, terms } of entry.bracket)
    enterBook(
      run.book,
      "exits",
      s,
      workingOrder({ number: ++run.account.orders, kind, terms, decided: entry.decided, to: 0 }),
    );
}

/** The first bar of a session, as far as the symbol has bars. */
function opensSession(run: Run, s: number): boolean {
  const { calendar, quotes, cursor } = run;
  const { stamps } = quotes[s]!;
  const at = placeOf(run, s);
  return cursor[s] === 0 || calendar.barEnd("1d", stamps[at - 1]!) < calendar.barEnd("1d", stamps[at]!);
}

function expireBefore(run: Run, s: number): void {
  const t = run.now.stamp;
  for (const order of [...run.book.entries[s]!]) {
    if (Number.isNaN(order.session))
      order.session = order.timeInForce === "day" ? run.calendar.barEnd("1d", t) : Number.POSITIVE_INFINITY;
    if (isOver(order, t)) expire(run, s, order);
  }
}

/** Orders for which no later bar can come. */
function expireAfter(run: Run, s: number): void {
  const t = run.now.stamp;
  for (const order of [...run.book.entries[s]!])
    if (t >= order.until || t >= order.session || isSpent(order)) expire(run, s, order);
}

/** It had its one moment. */
function isSpent({ worked, timeInForce }: WorkingOrder): boolean {
  return worked && (timeInForce === "ioc" || timeInForce === "fok");
}

function expire(run: Run, s: number, order: WorkingOrder): void {
  removeOrder(run.book, "entries", s, order);
  run.log.expired[s]!++;
  run.log.expiredQuantity[s]! += Math.abs(lotDifference(order.to, run.account.quantity[s]!, run.instruments[s]!.lot));
}
