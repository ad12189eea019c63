import type { Brokerage, Instrument } from "./brokerage.ts";
import { affordable, feeOf } from "./fee.ts";
import { createFillLog, type FillLog, type KindNumber, logFill } from "./fill-log.ts";
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
  /**
   * An order for the settlement to come.
   *
   * @param s the symbol's place in the universe
   * @param to the quantity to hold afterwards
   * @param market the market's price, before slippage
   * @param slips false for an order that gets this price or none: a take-profit, a forced closing
   * @param bar the symbol's bar
   */
  submit(s: number, to: number, market: number, slips: boolean, kind: KindNumber, bar: number): void;
  /** At the moment under way. `forced` orders are filled whatever they cost. */
  settle(forced: boolean): void;
}

export function createBroker(options: {
  readonly brokerage: Brokerage;
  /** In the universe's order. */
  readonly instruments: readonly Instrument[];
  readonly equity: number;
  readonly now: Moment;
}): Broker {
  const { brokerage, instruments } = options;
  const { fee: feeModel, slippage } = brokerage;
  const n = instruments.length;
  const lots = Float64Array.from(instruments, ({ lot }) => lot);
  const account: Account = {
    cash: options.equity,
    quantity: new Float64Array(n),
    mark: new Float64Array(n),
    averageCost: new Float64Array(n),
    entryBar: new Int32Array(n),
    fills: createFillLog(),
    entries: 0,
    fees: 0,
    slippage: 0,
    traded: 0,
    cutOrders: new Int32Array(n),
    cutQuantity: new Float64Array(n),
  };
  const { quantity, mark, averageCost, entryBar } = account;
  // The orders of the settlement to come, `queued.count` of them.
  const queued = { count: 0 };
  const symbol = new Int32Array(n);
  const wanted = new Float64Array(n);
  const market = new Float64Array(n);
  const price = new Float64Array(n);
  const kinds = new Uint8Array(n);
  const bars = new Int32Array(n);
  const before = new Float64Array(n);
  // Signed units that reduced, and that opened or added; the fee charged for the former.
  const reduced = new Float64Array(n);
  const opened = new Float64Array(n);
  const charged = new Float64Array(n);

  function close(k: number, forced: boolean): void {
    const s = symbol[k]!;
    const to = wanted[k]!;
    const from = quantity[s]!;
    const at = price[k]!;
    let delta = lotDifference(from > 0 ? Math.max(to, 0) : Math.min(to, 0), from, lots[s]!);
    let fee = feeOf(feeModel, Math.abs(delta), at);
    if (!forced && at * delta + fee > Math.max(account.cash, 0)) {
      // A sale whose fee is more than it brings and the account holds does not happen at all.
      if (delta < 0) return;
      delta = affordable(feeModel, { price: at, funds: account.cash, wish: delta, filled: 0, lot: lots[s]! });
      fee = feeOf(feeModel, delta, at);
      if (delta === 0) return;
      quantity[s] = -lotDifference(-from, delta, lots[s]!);
    } else quantity[s] = from > 0 ? Math.max(to, 0) : Math.min(to, 0);
    account.cash -= at * delta + fee;
    reduced[k] = delta;
    charged[k] = fee;
  }

  /** Gives the notional that it adds to the shorts. */
  function open(k: number, shorts: number): number {
    const s = symbol[k]!;
    const to = wanted[k]!;
    const from = quantity[s]!;
    if (from * to < 0 || Math.abs(to) <= Math.abs(from)) return 0;
    const at = price[k]!;
    const filled = Math.abs(reduced[k]!);
    const funds = account.cash - 2 * shorts;
    let delta = lotDifference(to, from, lots[s]!);
    let fee = feeOf(feeModel, filled + Math.abs(delta), at) - charged[k]!;
    quantity[s] = to;
    if (!(at * Math.abs(delta) + fee <= funds)) {
      const size = affordable(feeModel, { price: at, funds, wish: Math.abs(delta), filled, lot: lots[s]! });
      if (size === 0) {
        quantity[s] = from;
        return 0;
      }
      delta = to > from ? size : -size;
      fee = feeOf(feeModel, filled + size, at) - charged[k]!;
      quantity[s] = lotDifference(delta, -from, lots[s]!);
    }
    account.cash -= at * delta + fee;
    opened[k] = delta;
    charged[k]! += fee;
    return delta < 0 ? -delta * at : 0;
  }

  function record(k: number): void {
    const s = symbol[k]!;
    const to = wanted[k]!;
    const bar = bars[k]!;
    const time = options.now.stamp;
    const after = quantity[s]!;
    if (after !== to) {
      account.cutOrders[s]! += 1;
      account.cutQuantity[s]! += Math.abs(lotDifference(to, after, lots[s]!));
    }
    const out = Math.abs(reduced[k]!);
    const into = Math.abs(opened[k]!);
    const size = out + into;
    if (size === 0) return;
    const at = price[k]!;
    const fee = charged[k]!;
    const lost = Math.abs(at - market[k]!) * size;
    const from = before[k]!;
    let realized = 0;
    if (out > 0) realized = (from > 0 ? at - averageCost[s]! : averageCost[s]! - at) * out;
    if (into > 0) {
      const kept = out > 0 ? 0 : Math.abs(from);
      if (kept === 0) {
        account.entries++;
        entryBar[s] = bar;
        averageCost[s] = at;
      } else averageCost[s] = (averageCost[s]! * kept + at * into) / (kept + into);
    } else if (after === 0) averageCost[s] = 0;
    account.fees += fee;
    account.slippage += lost;
    account.traded += at * size;
    const signed = lotDifference(after, from, lots[s]!);
    logFill(account.fills, kinds[k] as KindNumber, s, bar, time, signed, after, at, fee, lost, realized);
  }

  return {
    account,
    submit(s, to, at, slips, kind, bar) {
      const k = queued.count++;
      const held = quantity[s]!;
      symbol[k] = s;
      wanted[k] = to;
      market[k] = at;
      price[k] = slips ? slip(slippage, at, to > held ? 1 : -1, instruments[s]!.tick) : at;
      kinds[k] = kind;
      bars[k] = bar;
      before[k] = held;
      reduced[k] = 0;
      opened[k] = 0;
      charged[k] = 0;
    },
    settle(forced) {
      const { count } = queued;
      for (let k = 0; k < count; k++) if (before[k]! > 0 && wanted[k]! < before[k]!) close(k, forced);
      for (let k = 0; k < count; k++) if (before[k]! < 0 && wanted[k]! > before[k]!) close(k, forced);
      let shorts = -1;
      for (let k = 0; k < count; k++) {
        const to = wanted[k]!;
        if (to === 0 || (to > 0 ? to <= before[k]! : to >= before[k]!)) continue;
        if (shorts < 0) shorts = shortNotional(quantity, mark);
        shorts += open(k, shorts);
      }
      for (let k = 0; k < count; k++) record(k);
      queued.count = 0;
    },
  };
}

function shortNotional(quantity: Float64Array, mark: Float64Array): number {
  let sum = 0;
  for (let s = 0; s < quantity.length; s++) if (quantity[s]! < 0) sum -= quantity[s]! * mark[s]!;
  return sum;
}
