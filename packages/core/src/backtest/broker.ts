import type { Brokerage, Instrument } from "./brokerage.ts";
import type { Conversion } from "./conversion.ts";
import { affordable, type Charges, charge, type FeeModel, type FeeTerms, FRESH, feeOf, isLinear } from "./fee.ts";
import {
  createFillLog,
  FILL_MOMENT,
  type FillLog,
  type FillMomentNumber,
  type KindNumber,
  nextFill,
  SLOT,
} from "./fill-log.ts";
import { lotDifference } from "./lot.ts";
import { type Allowance, buyingPower, type Margin } from "./margin.ts";
import type { Moment } from "./moment.ts";
import { ORDER_TYPE, type OrderTypeNumber } from "./order-type.ts";
import { createSettlement, defer, type Settlement } from "./settlement.ts";
import { hasImpact, type Liquidity, type SlippageModel, slip } from "./slippage.ts";
import { createTradedMonth, monthSoFar, type TradedMonth } from "./traded-month.ts";

/** Cash and what is held, by the symbols' places in the universe. */
export interface Account {
  cash: number;
  /** Signed units. */
  readonly quantity: Float64Array;
  /** The last close; 0 before the first. */
  readonly mark: Float64Array;
  /** Average price of what is held, before fees. */
  readonly averageCost: Float64Array;
  /** The bar of the symbol in which the position was opened. */
  readonly entryBar: Int32Array;
  readonly fills: FillLog;
  /** Proceeds on their way, where sales settle later. */
  readonly settlement: Settlement | undefined;
  entries: number;
  /** Numbers given to orders so far. */
  orders: number;
  fees: number;
  slippage: number;
  /** Paid for borrowed symbols. */
  borrow: number;
  /** Earned by cash, less what owing it cost. */
  interest: number;
  /** Received less paid. */
  dividends: number;
  /** Sum of absolute quantity x price over all fills. */
  traded: number;
  readonly cutOrders: Int32Array;
  /** Units that cuts left out. */
  readonly cutQuantity: Float64Array;
}

/** What a working order tells the broker beside what it wants. */
export interface Ticket {
  readonly number: number;
  readonly type: OrderTypeNumber;
  readonly moment: FillMomentNumber;
  /** It waited at its price, so the venue charges it as a maker. */
  readonly maker: boolean;
  /** The worst price that it takes however much slips; `NaN`: any. */
  readonly worst: number;
  /** What can't be paid in full is not filled at all. */
  readonly whole: boolean;
  /** Its own so far, then with this fill. */
  charges: Charges;
}

/**
 * Fills orders, one per symbol and settlement.
 *
 * What the account can pay, without margin: a purchase, and what opens a short, may take `cash - 2 x short notional` (at the last marks;
 * an order's own notional at its price), fee included; of the cash, only what has settled. A short's proceeds and the same amount again thus stay
 * put, so the gross of all positions never exceeds equity when one is opened. Buying a short back may take all settled cash. What can't be paid
 * is cut to whole lots, a sale that does not even bring its fee is left out: cash never falls below zero but by a forced closing.
 *
 * With margin: what opens may take what `buyingPower` says, and closing needs nothing.
 *
 * Order within a settlement: longs sold, shorts bought back, then what is opened, each in the universe's order. A flip is one fill of two
 * parts: its closing part goes with the reductions, its opening part with the openings, its one fee is split by quantity.
 */
export interface Broker {
  readonly account: Account;
  readonly fee: FeeModel;
  readonly slippage: SlippageModel;
  readonly instruments: readonly Instrument[];
  readonly lots: Float64Array;
  readonly now: Moment;
  /** Where symbols are quoted in other currencies than the account's. */
  readonly conversion: Conversion | undefined;
  readonly queue: Queue;
  readonly margin: Margin | undefined;
  /** What there is for opening, while a settlement goes on; with margin. */
  readonly room: { longs: number; shorts: number; equity: number };
  /** Where a fee depends on it. */
  readonly month: TradedMonth | undefined;
  /** Asked where prices depend on it. */
  readonly liquidity: ((s: number, bar: number, quantity: number) => Liquidity) | undefined;
}

/** The orders of the settlement to come: the first `count` of them, which are used again and again. */
interface Queue {
  count: number;
  readonly orders: readonly QueuedOrder[];
}

/** Its numbers stay in its fields: passed from call to call, they would be allocated. */
export interface QueuedOrder {
  symbol: number;
  /** The quantity to hold afterwards. */
  wanted: number;
  /** The market's price, before slippage. */
  market: number;
  price: number;
  kind: KindNumber;
  bar: number;
  before: number;
  /** Signed units that reduced, and that opened or added; the fee charged for them. */
  reduced: number;
  opened: number;
  charged: number;
  /** Absent for a plain market order for the open. */
  ticket: Ticket | undefined;
}

export function createBroker(options: {
  readonly brokerage: Brokerage;
  /** In the universe's order. */
  readonly instruments: readonly Instrument[];
  readonly equity: number;
  readonly now: Moment;
  readonly conversion: Conversion | undefined;
  /** What an order meets in a symbol's bar. */
  readonly liquidity: (s: number, bar: number, quantity: number) => Liquidity;
}): Broker {
  const { brokerage, instruments, now } = options;
  return {
    account: createAccount(
      options.equity,
      instruments.length,
      brokerage.settlement && createSettlement(brokerage.settlement.sessions),
    ),
    fee: brokerage.fee,
    slippage: brokerage.slippage,
    instruments,
    lots: Float64Array.from(instruments, ({ lot }) => lot),
    now,
    conversion: options.conversion,
    queue: { count: 0, orders: instruments.map(emptyOrder) },
    margin: brokerage.margin,
    room: { longs: 0, shorts: 0, equity: 0 },
    month: createTradedMonth(brokerage.fee),
    liquidity: hasImpact(brokerage.slippage) ? options.liquidity : undefined,
  };
}

function createAccount(equity: number, symbols: number, settlement: Settlement | undefined): Account {
  const floats = (): Float64Array => new Float64Array(symbols);
  // Not whole numbers at first, which would make them another kind of field: with the first fraction, V8 would compile anew whatever knows an account.
  const account: Account = {
    cash: Number.NaN,
    quantity: floats(),
    mark: floats(),
    averageCost: floats(),
    entryBar: new Int32Array(symbols),
    fills: createFillLog(),
    settlement,
    entries: 0,
    orders: 0,
    fees: Number.NaN,
    slippage: Number.NaN,
    borrow: Number.NaN,
    interest: Number.NaN,
    dividends: Number.NaN,
    traded: Number.NaN,
    cutOrders: new Int32Array(symbols),
    cutQuantity: floats(),
  };
  account.cash = equity;
  account.fees = 0;
  account.slippage = 0;
  account.borrow = 0;
  account.interest = 0;
  account.dividends = 0;
  account.traded = 0;
  return account;
}

/**
 * An order for the settlement to come. The caller says what it wants, in `wanted` and `market`, and submits it.
 *
 * @param s the symbol's place in the universe
 * @param bar the symbol's bar
 * @param ticket of a working order
 */
export function draft(broker: Broker, s: number, kind: KindNumber, bar: number, ticket?: Ticket): QueuedOrder {
  const { queue, account } = broker;
  const order = queue.orders[queue.count]!;
  order.symbol = s;
  order.ticket = ticket;
  order.kind = kind;
  order.bar = bar;
  order.before = account.quantity[s]!;
  order.reduced = 0;
  order.opened = 0;
  order.charged = 0;
  return order;
}

/**
 * Prices a draft and queues it. It is counted in the account's currency, at the rate that was known before its bar, or at the bar's close with it.
 *
 * @param slips false for an order that gets the market's price or none, as a take-profit does
 */
export function submit(broker: Broker, order: QueuedOrder, slips: boolean): void {
  const { queue, slippage, instruments, conversion } = broker;
  const { symbol, before, wanted, market, ticket } = order;
  const direction = wanted > before ? 1 : -1;
  const met =
    slips && broker.liquidity !== undefined
      ? broker.liquidity(symbol, order.bar, Math.abs(wanted - before))
      : undefined;
  const price = slips ? slip(slippage, market, direction, instruments[symbol]!.tick, met) : market;
  order.price = ticket !== undefined && direction * (ticket.worst - price) < 0 ? ticket.worst : price;
  if (conversion !== undefined) {
    order.market *= conversion.rate[symbol]!;
    order.price *= conversion.rate[symbol]!;
  }
  queue.count++;
}

/** An order for the settlement to come that closes what is held, at the last mark. */
export function submitClosing(broker: Broker, s: number, kind: KindNumber, bar: number): void {
  const order = draft(broker, s, kind, bar);
  order.wanted = 0;
  // In the account's currency already.
  order.market = broker.account.mark[s]!;
  order.price = order.market;
  broker.queue.count++;
}

/** Its numbers begin as fractions: a field that first held a small integer would change its kind. */
function emptyOrder(): QueuedOrder {
  const none = Number.NaN;
  return {
    symbol: 0,
    wanted: none,
    market: none,
    price: none,
    kind: 0,
    bar: 0,
    before: none,
    reduced: none,
    opened: none,
    charged: none,
    ticket: undefined,
  };
}

/** Fills what is queued, at the moment under way. `forced` orders are filled whatever they cost. */
export function settle(broker: Broker, forced: boolean): void {
  const { queue } = broker;
  if (queue.count === 1) settleOne(broker, queue.orders[0]!, forced);
  else if (queue.count > 1) settleAll(broker, forced);
  queue.count = 0;
}

/** The commonest settlement of all, alone. */
function settleOne(broker: Broker, order: QueuedOrder, forced: boolean): void {
  if (sells(order) || buysBack(order)) close(broker, order, forced);
  if (grows(order)) {
    if (broker.margin !== undefined) measureRoom(broker);
    open(broker, order, shortNotional(broker.account.quantity, broker.account.mark));
  }
  record(broker, order, forced);
}

function settleAll(broker: Broker, forced: boolean): void {
  const { queue, account } = broker;
  const { orders, count } = queue;
  for (let k = 0; k < count; k++) if (sells(orders[k]!)) close(broker, orders[k]!, forced);
  for (let k = 0; k < count; k++) if (buysBack(orders[k]!)) close(broker, orders[k]!, forced);
  let shorts = -1;
  for (let k = 0; k < count; k++) {
    const order = orders[k]!;
    if (!grows(order)) continue;
    if (shorts < 0) {
      shorts = shortNotional(account.quantity, account.mark);
      if (broker.margin !== undefined) measureRoom(broker);
    }
    open(broker, order, shorts);
    if (order.opened < 0) shorts -= order.opened * order.price;
  }
  for (let k = 0; k < count; k++) record(broker, orders[k]!, forced);
}

function sells({ before, wanted }: QueuedOrder): boolean {
  return before > 0 && wanted < before;
}

function buysBack({ before, wanted }: QueuedOrder): boolean {
  return before < 0 && wanted > before;
}

function grows({ before, wanted }: QueuedOrder): boolean {
  return wanted > 0 ? wanted > before : wanted < 0 && wanted < before;
}

/** What the fee of a part depends on, given what this fill has charged already. */
function termsOf({ fee: model, month, now }: Broker, order: QueuedOrder): FeeTerms {
  if (isLinear(model)) return FRESH;
  const { ticket } = order;
  const out = Math.abs(order.reduced);
  if (ticket === undefined && month === undefined && out === 0) return FRESH;
  const at = order.price;
  const terms = {
    maker: ticket?.maker ?? false,
    month: month === undefined ? 0 : monthSoFar(month, now.stamp),
    charges: ticket?.charges ?? FRESH.charges,
  };
  if (out === 0) return terms;
  return {
    ...terms,
    charges: charge(model, out, at, terms, order.charged),
    month: terms.month + (month?.measure(out, at) ?? 0),
  };
}

function close(broker: Broker, order: QueuedOrder, forced: boolean): void {
  const { account, fee: model, lots } = broker;
  const { quantity, settlement } = account;
  const s = order.symbol;
  const to = order.wanted;
  const from = quantity[s]!;
  const at = order.price;
  const lot = lots[s]!;
  const terms = termsOf(broker, order);
  let delta = lotDifference(from > 0 ? Math.max(to, 0) : Math.min(to, 0), from, lot);
  let fee = feeOf(model, Math.abs(delta), at, terms);
  const cash = settlement === undefined ? account.cash : account.cash - settlement.unsettled;
  if (!forced && broker.margin === undefined && at * delta + fee > Math.max(cash, 0)) {
    // A sale whose fee is more than it brings and the account holds does not happen at all.
    if (delta < 0 || order.ticket?.whole === true) return;
    delta = affordable(model, { price: at, funds: cash, part: 1, wish: delta, lot, terms });
    fee = feeOf(model, delta, at, terms);
    if (delta === 0) return;
    quantity[s] = -lotDifference(-from, delta, lot);
  } else quantity[s] = from > 0 ? Math.max(to, 0) : Math.min(to, 0);
  account.cash -= at * delta + fee;
  if (settlement !== undefined && delta < 0) defer(settlement, -at * delta - fee);
  order.reduced = delta;
  order.charged = fee;
}

function open(broker: Broker, order: QueuedOrder, shorts: number): void {
  const { account, fee: model, lots, margin, room } = broker;
  const { quantity, settlement } = account;
  const s = order.symbol;
  const to = order.wanted;
  const from = quantity[s]!;
  if (from * to < 0 || Math.abs(to) <= Math.abs(from)) return;
  const at = order.price;
  const lot = lots[s]!;
  const terms = termsOf(broker, order);
  const plain = account.cash - 2 * shorts - (settlement?.unsettled ?? 0);
  const margins = margin === undefined ? undefined : buyingPower(margin, room.equity, room, to > 0 ? 1 : -1);
  let delta = lotDifference(to, from, lot);
  const wish = Math.abs(delta);
  let fee = feeOf(model, wish, at, terms);
  quantity[s] = to;
  const fits =
    margins === undefined
      ? at * wish + fee <= plain
      : margins.every(({ funds, part }) => part * at * wish + fee <= funds);
  if (!fits) {
    const size =
      order.ticket?.whole === true ? 0 : cut(broker, order, terms, wish, margins ?? [{ funds: plain, part: 1 }]);
    if (size === 0) {
      quantity[s] = from;
      return;
    }
    delta = to > from ? size : -size;
    fee = feeOf(model, size, at, terms);
    quantity[s] = lotDifference(delta, -from, lot);
  }
  account.cash -= at * delta + fee;
  order.opened = delta;
  order.charged += fee;
  if (margin === undefined) return;
  room.equity -= fee;
  if (delta < 0) room.shorts -= delta * at;
  else room.longs += delta * at;
}

/** What of an order keeps within every allowance. */
function cut(
  { fee: model, lots }: Broker,
  order: QueuedOrder,
  terms: FeeTerms,
  wish: number,
  allowances: readonly Allowance[],
): number {
  const price = order.price;
  const lot = lots[order.symbol]!;
  return allowances.reduce((least, { funds, part }) => {
    const fits = part * price * wish + feeOf(model, wish, price, terms) <= funds;
    return fits ? least : Math.min(least, affordable(model, { price, funds, part, wish, lot, terms }));
  }, wish);
}

function record({ account, lots, now, fee: model, month }: Broker, order: QueuedOrder, forced: boolean): void {
  const { quantity, averageCost } = account;
  const s = order.symbol;
  const to = order.wanted;
  const after = quantity[s]!;
  if (after !== to) {
    account.cutOrders[s]! += 1;
    account.cutQuantity[s]! += Math.abs(lotDifference(to, after, lots[s]!));
  }
  const out = Math.abs(order.reduced);
  const into = Math.abs(order.opened);
  const size = out + into;
  if (size === 0) return;
  const at = order.price;
  const fee = order.charged;
  const lost = Math.abs(at - order.market) * size;
  const from = order.before;
  const bar = order.bar;
  const { ticket } = order;
  const { fills } = account;
  const place = nextFill(fills);
  const { rows } = fills;
  rows[place + SLOT.time] = now.stamp;
  rows[place + SLOT.symbol] = s;
  rows[place + SLOT.bar] = bar;
  rows[place + SLOT.quantity] = lotDifference(after, from, lots[s]!);
  rows[place + SLOT.held] = after;
  rows[place + SLOT.price] = at;
  rows[place + SLOT.fee] = fee;
  rows[place + SLOT.slippage] = lost;
  rows[place + SLOT.realized] = out === 0 ? 0 : (from > 0 ? at - averageCost[s]! : averageCost[s]! - at) * out;
  rows[place + SLOT.kind] = order.kind;
  if (ticket === undefined) {
    rows[place + SLOT.type] = ORDER_TYPE.market;
    rows[place + SLOT.moment] = forced ? FILL_MOMENT.after : FILL_MOMENT.open;
    rows[place + SLOT.order] = ++account.orders;
  } else {
    rows[place + SLOT.type] = ticket.type;
    rows[place + SLOT.moment] = ticket.moment;
    rows[place + SLOT.order] = ticket.number;
    const traded = month === undefined ? 0 : monthSoFar(month, now.stamp);
    const { maker, charges } = ticket;
    ticket.charges = charge(model, size, at, { maker, month: traded, charges }, fee);
  }
  if (month !== undefined) month.sum = monthSoFar(month, now.stamp) + month.measure(size, at);
  account.fees += fee;
  account.slippage += lost;
  account.traded += at * size;
  if (into > 0) {
    const kept = out > 0 ? 0 : Math.abs(from);
    if (kept === 0) {
      account.entries++;
      account.entryBar[s] = bar;
      averageCost[s] = at;
    } else averageCost[s] = (averageCost[s]! * kept + at * into) / (kept + into);
  } else if (after === 0) averageCost[s] = 0;
}

function measureRoom({ account, room }: Broker): void {
  const { quantity, mark } = account;
  room.longs = 0;
  room.shorts = 0;
  room.equity = account.cash;
  for (let s = 0; s < quantity.length; s++) {
    const position = quantity[s]! * mark[s]!;
    room.equity += position;
    if (position < 0) room.shorts -= position;
    else room.longs += position;
  }
}

/** Cash and positions at their marks. */
export function equityOf({ cash, quantity, mark }: Account): number {
  let value = 0;
  for (let s = 0; s < quantity.length; s++) value += quantity[s]! * mark[s]!;
  return cash + value;
}

/** Sum of absolute positions over equity. */
export function exposureOf({ quantity, mark }: Account, equity: number): number {
  let gross = 0;
  for (let s = 0; s < quantity.length; s++) gross += Math.abs(quantity[s]! * mark[s]!);
  return gross === 0 ? 0 : gross / equity;
}

function shortNotional(quantity: Float64Array, mark: Float64Array): number {
  let sum = 0;
  for (let s = 0; s < quantity.length; s++) if (quantity[s]! < 0) sum -= quantity[s]! * mark[s]!;
  return sum;
}
