import type { Brokerage, FeeModel, Instrument, SlippageModel } from "./brokerage.ts";
import { affordable, feeOf } from "./fee.ts";
import { createFillLog, type FillLog, type KindNumber, nextFill } from "./fill-log.ts";
import { lotDifference } from "./lot.ts";
import type { Moment } from "./moment.ts";
import { slip } from "./slippage.ts";

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
  entries: number;
  fees: number;
  slippage: number;
  /** Sum of absolute quantity x price over all fills. */
  traded: number;
  readonly cutOrders: Int32Array;
  /** Units that cuts left out. */
  readonly cutQuantity: Float64Array;
}

/**
 * Fills orders, one per symbol and settlement.
 *
 * What the account can pay, without margin: a purchase, and what opens a short, may take `cash - 2 x short notional` (at the last marks;
 * an order's own notional at its price), fee included. A short's proceeds and the same amount again thus stay put, so the gross of all
 * positions never exceeds equity when one is opened. Buying a short back may take all cash. What can't be paid is cut to whole lots, a sale that
 * does not even bring its fee is left out: cash never falls below zero but by a forced closing.
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
  readonly queue: Queue;
}

/** The orders of the settlement to come, `count` of them: in columns, for numbers passed from call to call would be allocated. */
interface Queue {
  count: number;
  readonly symbol: Int32Array;
  readonly wanted: Float64Array;
  readonly market: Float64Array;
  readonly price: Float64Array;
  readonly kind: Uint8Array;
  readonly bar: Int32Array;
  readonly before: Float64Array;
  /** Signed units that reduced, and that opened or added; the fee charged for them. */
  readonly reduced: Float64Array;
  readonly opened: Float64Array;
  readonly charged: Float64Array;
}

export function createBroker(options: {
  readonly brokerage: Brokerage;
  /** In the universe's order. */
  readonly instruments: readonly Instrument[];
  readonly equity: number;
  readonly now: Moment;
}): Broker {
  const { brokerage, instruments, now } = options;
  const n = instruments.length;
  const floats = () => new Float64Array(n);
  return {
    account: {
      cash: options.equity,
      quantity: floats(),
      mark: floats(),
      averageCost: floats(),
      entryBar: new Int32Array(n),
      fills: createFillLog(),
      entries: 0,
      fees: 0,
      slippage: 0,
      traded: 0,
      cutOrders: new Int32Array(n),
      cutQuantity: floats(),
    },
    fee: brokerage.fee,
    slippage: brokerage.slippage,
    instruments,
    lots: Float64Array.from(instruments, ({ lot }) => lot),
    now,
    queue: {
      count: 0,
      symbol: new Int32Array(n),
      wanted: floats(),
      market: floats(),
      price: floats(),
      kind: new Uint8Array(n),
      bar: new Int32Array(n),
      before: floats(),
      reduced: floats(),
      opened: floats(),
      charged: floats(),
    },
  };
}

/**
 * An order for the settlement to come.
 *
 * @param s the symbol's place in the universe
 * @param to the quantity to hold afterwards
 * @param market the market's price, before slippage
 * @param slips false for an order that gets this price or none: a take-profit, a forced closing
 * @param bar the symbol's bar
 */
export function submit(
  { queue, account, slippage, instruments }: Broker,
  s: number,
  to: number,
  market: number,
  slips: boolean,
  kind: KindNumber,
  bar: number,
): void {
  const k = queue.count++;
  const held = account.quantity[s]!;
  queue.symbol[k] = s;
  queue.wanted[k] = to;
  queue.market[k] = market;
  queue.price[k] = slips ? slip(slippage, market, to > held ? 1 : -1, instruments[s]!.tick) : market;
  queue.kind[k] = kind;
  queue.bar[k] = bar;
  queue.before[k] = held;
  queue.reduced[k] = 0;
  queue.opened[k] = 0;
  queue.charged[k] = 0;
}

/** Fills what is queued, at the moment under way. `forced` orders are filled whatever they cost. */
export function settle(broker: Broker, forced: boolean): void {
  const { queue, account } = broker;
  const { before, wanted, count } = queue;
  for (let k = 0; k < count; k++) if (before[k]! > 0 && wanted[k]! < before[k]!) close(broker, k, forced);
  for (let k = 0; k < count; k++) if (before[k]! < 0 && wanted[k]! > before[k]!) close(broker, k, forced);
  let shorts = -1;
  for (let k = 0; k < count; k++) {
    const to = wanted[k]!;
    if (to === 0 || (to > 0 ? to <= before[k]! : to >= before[k]!)) continue;
    if (shorts < 0) shorts = shortNotional(account.quantity, account.mark);
    open(broker, k, shorts);
    if (queue.opened[k]! < 0) shorts -= queue.opened[k]! * queue.price[k]!;
  }
  for (let k = 0; k < count; k++) record(broker, k);
  queue.count = 0;
}

function close({ queue, account, fee: model, lots }: Broker, k: number, forced: boolean): void {
  const { quantity } = account;
  const s = queue.symbol[k]!;
  const to = queue.wanted[k]!;
  const from = quantity[s]!;
  const at = queue.price[k]!;
  const lot = lots[s]!;
  let delta = lotDifference(from > 0 ? Math.max(to, 0) : Math.min(to, 0), from, lot);
  let fee = feeOf(model, Math.abs(delta), at);
  if (!forced && at * delta + fee > Math.max(account.cash, 0)) {
    // A sale whose fee is more than it brings and the account holds does not happen at all.
    if (delta < 0) return;
    delta = affordable(model, { price: at, funds: account.cash, wish: delta, filled: 0, lot });
    fee = feeOf(model, delta, at);
    if (delta === 0) return;
    quantity[s] = -lotDifference(-from, delta, lot);
  } else quantity[s] = from > 0 ? Math.max(to, 0) : Math.min(to, 0);
  account.cash -= at * delta + fee;
  queue.reduced[k] = delta;
  queue.charged[k] = fee;
}

function open({ queue, account, fee: model, lots }: Broker, k: number, shorts: number): void {
  const { quantity } = account;
  const s = queue.symbol[k]!;
  const to = queue.wanted[k]!;
  const from = quantity[s]!;
  if (from * to < 0 || Math.abs(to) <= Math.abs(from)) return;
  const at = queue.price[k]!;
  const lot = lots[s]!;
  const filled = Math.abs(queue.reduced[k]!);
  const funds = account.cash - 2 * shorts;
  let delta = lotDifference(to, from, lot);
  let fee = feeOf(model, filled + Math.abs(delta), at) - queue.charged[k]!;
  quantity[s] = to;
  if (!(at * Math.abs(delta) + fee <= funds)) {
    const size = affordable(model, { price: at, funds, wish: Math.abs(delta), filled, lot });
    if (size === 0) {
      quantity[s] = from;
      return;
    }
    delta = to > from ? size : -size;
    fee = feeOf(model, filled + size, at) - queue.charged[k]!;
    quantity[s] = lotDifference(delta, -from, lot);
  }
  account.cash -= at * delta + fee;
  queue.opened[k] = delta;
  queue.charged[k]! += fee;
}

function record({ queue, account, lots, now }: Broker, k: number): void {
  const { quantity, averageCost } = account;
  const s = queue.symbol[k]!;
  const to = queue.wanted[k]!;
  const after = quantity[s]!;
  if (after !== to) {
    account.cutOrders[s]! += 1;
    account.cutQuantity[s]! += Math.abs(lotDifference(to, after, lots[s]!));
  }
  const out = Math.abs(queue.reduced[k]!);
  const into = Math.abs(queue.opened[k]!);
  const size = out + into;
  if (size === 0) return;
  const at = queue.price[k]!;
  const fee = queue.charged[k]!;
  const lost = Math.abs(at - queue.market[k]!) * size;
  const from = queue.before[k]!;
  const bar = queue.bar[k]!;
  const { fills } = account;
  const place = nextFill(fills);
  const { columns } = fills;
  columns.time[place] = now.stamp;
  columns.symbol[place] = s;
  columns.bar[place] = bar;
  columns.quantity[place] = lotDifference(after, from, lots[s]!);
  columns.held[place] = after;
  columns.price[place] = at;
  columns.fee[place] = fee;
  columns.slippage[place] = lost;
  columns.realized[place] = out === 0 ? 0 : (from > 0 ? at - averageCost[s]! : averageCost[s]! - at) * out;
  columns.kind[place] = queue.kind[k]!;
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
