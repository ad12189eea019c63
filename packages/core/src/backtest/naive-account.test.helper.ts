import type { CorporateAction } from "../plugin/contract/data-provider.ts";
import type { Brokerage } from "./brokerage.ts";

/** One symbol as the naive account below sees it: a bar per stamp, or none. */
export interface Story {
  readonly symbol: string;
  readonly lot: number;
  readonly bars: readonly {
    readonly t: number;
    readonly open: number;
    readonly close: number;
    readonly target: number;
    readonly volume: number;
  }[];
  /** Rows before it are not valid. */
  readonly warm: number;
  readonly shortable?: boolean;
  readonly borrowRate?: number;
  readonly actions?: readonly CorporateAction[];
}

export interface Case {
  readonly stories: readonly Story[];
  readonly weights: boolean;
  readonly brokerage: Brokerage;
  readonly equity: number;
  readonly share: number;
}

export const MINUTE = 60_000;
// So that minutes lie in two sessions.
export const ORIGIN = Date.UTC(2024, 0, 1, 23, 50);
const DAY = 24 * 60 * MINUTE;

/** An order under way: what it is for, and the fees of the parts that were filled. */
interface Waiting {
  to: number;
  called: boolean;
  session: number;
  tried: boolean;
  quantity: number;
  notional: number;
  raw: number;
  venue: number;
  paid: number;
  /** What it traded at this moment, as the month counts. */
  now: number;
}

const waiting = (to: number, called = false): Waiting => ({
  to,
  called,
  session: Number.NaN,
  tried: false,
  quantity: 0,
  notional: 0,
  raw: 0,
  venue: 0,
  paid: 0,
  now: 0,
});

/**
 * The same account written for the eye: objects and maps, one stamp after the other, nothing kept that can be recomputed. It shares no
 * code with the account under test. Days are those of UTC.
 */
export function naive(given: Case) {
  const { stories, weights, brokerage, share } = given;
  const { margin, volumeCap: cap } = brokerage;
  const detailed = cap !== undefined || brokerage.timeInForce !== undefined || brokerage.fill !== "next-open";
  const toLots = (quantity: number, lot: number) => {
    if (lot === 0) return quantity;
    return Math.trunc(quantity / lot + Math.sign(quantity) * 1e-9) * lot;
  };
  const clock = [...new Set(stories.flatMap(({ bars }) => bars.map(({ t }) => t)))].sort((a, b) => a - b);
  let cash = given.equity;
  const held = new Map<string, number>(stories.map(({ symbol }) => [symbol, 0]));
  const mark = new Map<string, number>();
  const last = new Map<string, number>();
  const pending = new Map<string, Waiting>();
  const called = new Set<string>();
  const curve: { t: number; equity: number; gross: number }[] = [];
  let proceeds: { readonly amount: number; readonly session: number }[] = [];
  let session = 0;
  let monthly = 0;
  let traded = 0;
  let started = false;
  let ruined = false;
  const counted = { undecided: 0, ended: 0, cut: 0, rejected: 0, expired: 0, calls: 0, splits: 0 };
  const costs = { fees: 0, slippage: 0, borrow: 0, interest: 0, dividends: 0 };

  /** What a part adds to the fee of its order. */
  const partOf = (order: Waiting, quantity: number, price: number) => {
    const { fee } = brokerage;
    if (quantity === 0 || fee.kind === "none") return { fee: 0, raw: 0, venue: 0 };
    let raw: number;
    let venue = 0;
    if (fee.kind === "percent") raw = quantity * price * fee.fraction;
    else if (fee.kind === "per-share") raw = fee.amount * quantity;
    else if (fee.kind === "maker-taker") raw = quantity * price * fee.taker;
    else {
      const size = fee.of === "shares" ? quantity : quantity * price;
      venue = size * fee.taker;
      if (fee.over === "order") {
        const whole = size + (fee.of === "shares" ? order.quantity : order.notional);
        const tier = fee.tiers.find(({ upTo }) => whole <= upTo) ?? fee.tiers[fee.tiers.length - 1]!;
        raw = whole * tier.rate - order.raw;
      } else {
        // The area under the steps of the tiers, from what was traded to what is then.
        const under = (amount: number) =>
          fee.tiers.reduce((sum, { upTo, rate }, i) => {
            const from = fee.tiers[i - 1]?.upTo ?? 0;
            const to = i === fee.tiers.length - 1 ? amount : Math.min(upTo, amount);
            return sum + Math.max(to - from, 0) * rate;
          }, 0);
        raw = under(monthly + order.now + size) - under(monthly + order.now);
      }
    }
    const total = Math.max(Math.min(order.raw + raw, fee.maximum ?? Infinity), fee.minimum ?? -Infinity);
    return { fee: total + order.venue + venue - order.paid, raw, venue };
  };
  const book = (order: Waiting, quantity: number, price: number): number => {
    const { fee, raw, venue } = partOf(order, quantity, price);
    order.quantity += quantity;
    order.notional += quantity * price;
    order.raw += raw;
    order.venue += venue;
    order.paid += fee;
    if (brokerage.fee.kind === "tiered") {
      const size = brokerage.fee.of === "shares" ? quantity : quantity * price;
      order.now += size;
      traded += size;
    }
    costs.fees += fee;
    cash -= fee;
    return fee;
  };
  /** For the fee, whatever it costs: longs, then shorts. */
  const closeAll = (symbols: readonly string[]) => {
    for (const side of [1, -1])
      for (const symbol of symbols) {
        const quantity = held.get(symbol)!;
        if (quantity * side <= 0) continue;
        cash += quantity * mark.get(symbol)!;
        const fee = book(waiting(0), Math.abs(quantity), mark.get(symbol)!);
        if (side > 0) sold(quantity * mark.get(symbol)! - fee);
        held.set(symbol, 0);
      }
    monthly += traded;
    traded = 0;
  };
  const sold = (amount: number) => {
    const after = brokerage.settlement?.sessions ?? 0;
    if (amount > 0 && after > 0) proceeds.push({ amount, session: session + after });
  };
  const unsettled = () => proceeds.reduce((sum, { amount }) => sum + amount, 0);
  const worth = () => cash + [...held].reduce((sum, [symbol, quantity]) => sum + quantity * (mark.get(symbol) ?? 0), 0);
  const notional = (side: 1 | -1) =>
    [...held].reduce((sum, [symbol, quantity]) => sum + Math.max(side * quantity * (mark.get(symbol) ?? 0), 0), 0);

  const slipped = (bar: Story["bars"][number], price: number, from: number, to: number) => {
    const { slippage } = brokerage;
    const side = to > from ? 1 : -1;
    if (slippage.kind === "percent") return price * (1 + side * slippage.fraction);
    if (slippage.kind === "spread") return Math.max(price + side * slippage.width * slippage.part, Number.MIN_VALUE);
    if (slippage.kind !== "volume-share") return price;
    const share = Math.abs(to - from) / bar.volume;
    const moved = bar.volume > 0 ? slippage.coefficient * share * share : slippage.fallback;
    return Math.max(price + side * moved * price, Number.MIN_VALUE);
  };
  const afford = (fits: (quantity: number) => boolean, most: number, lot: number) => {
    if (lot > 0) {
      let lots = Math.round(most / lot);
      while (lots > 0 && !fits(lots * lot)) lots--;
      return lots * lot;
    }
    let [low, high] = [0, most];
    for (let i = 0; i < 200; i++) {
      const middle = (low + high) / 2;
      if (fits(middle)) low = middle;
      else high = middle;
    }
    return low > most * 1e-9 ? low : 0;
  };

  /** All orders that meet a price at once. */
  const meet = (t: number, which: "open" | "close") => {
    const orders = stories.flatMap((story) => {
      const bar = story.bars.find((candidate) => candidate.t === t);
      const order = pending.get(story.symbol);
      if (bar === undefined || order === undefined || Number.isNaN(bar[which])) return [];
      const atClose = brokerage.fill === "next-close" && !order.called;
      if (atClose !== (which === "close")) return [];
      order.tried = true;
      const from = held.get(story.symbol)!;
      if (Math.abs(order.to - from) <= 1e-9 * story.lot) {
        pending.delete(story.symbol);
        return [];
      }
      const wish = Math.abs(order.to - from);
      const share = cap?.share === undefined ? Infinity : Number.isNaN(bar.volume) ? 0 : cap.share * bar.volume;
      const there = Math.min(share, cap?.units ?? Infinity);
      const room = there === Infinity ? there : toLots(there, story.lot);
      if (room <= 0 || (brokerage.timeInForce === "fok" && !order.called && room < wish - 1e-9 * story.lot)) return [];
      const whole = room >= wish - 1e-9 * story.lot;
      const to = whole ? order.to : from + Math.sign(order.to - from) * room;
      const price = slipped(bar, bar[which], from, to);
      return [
        {
          ...story,
          order,
          from,
          to,
          price,
          market: bar[which],
          all: brokerage.timeInForce === "fok" && !order.called,
          closed: 0,
        },
      ];
    });
    for (const one of orders)
      if (one.from > 0 && one.to < one.from) {
        const wish = one.from - Math.max(one.to, 0);
        const { fee } = partOf(one.order, wish, one.price);
        if (margin === undefined && fee - wish * one.price > Math.max(cash - unsettled(), 0)) continue;
        one.closed = wish;
        cash += wish * one.price;
        sold(wish * one.price - book(one.order, wish, one.price));
        held.set(one.symbol, Math.max(one.to, 0));
      }
    for (const one of orders)
      if (one.from < 0 && one.to > one.from) {
        const wish = Math.min(one.to, 0) - one.from;
        const fits = (quantity: number) =>
          margin !== undefined ||
          quantity * one.price + partOf(one.order, quantity, one.price).fee <= Math.max(cash - unsettled(), 0);
        one.closed = fits(wish) ? wish : one.all ? 0 : afford(fits, wish, one.lot);
        if (one.closed === 0) continue;
        cash -= one.closed * one.price;
        book(one.order, one.closed, one.price);
        held.set(one.symbol, one.closed === wish ? Math.min(one.to, 0) : one.from + one.closed);
      }
    let [longs, shorts, equity] = [notional(1), notional(-1), worth()];
    for (const one of orders) {
      const from = held.get(one.symbol)!;
      const side = Math.sign(one.to);
      if (side === 0 || side * from < 0 || side * (one.to - from) <= 0) continue;
      const wish = Math.abs(one.to - from);
      const fits = (quantity: number) => {
        if (quantity === 0) return true;
        const { fee } = partOf(one.order, quantity, one.price);
        const added = quantity * one.price;
        if (margin === undefined) return added + fee <= cash - unsettled() - 2 * shorts;
        const [l, s] = side > 0 ? [longs + added, shorts] : [longs, shorts + added];
        const slack = 1e-12 * (Math.abs(equity) + l + s);
        return (
          equity - fee + slack >= margin.long.initial * l + margin.short.initial * s &&
          equity - fee + slack >= (l + s) / (margin.leverage ?? Infinity)
        );
      };
      const quantity = fits(wish) ? wish : one.all ? 0 : afford(fits, wish, one.lot);
      if (quantity === 0) continue;
      cash -= side * quantity * one.price;
      equity -= book(one.order, quantity, one.price);
      held.set(one.symbol, quantity === wish ? one.to : from + side * quantity);
      if (side < 0) shorts += quantity * one.price;
      else longs += quantity * one.price;
    }
    monthly += traded;
    traded = 0;
    for (const one of orders) {
      one.order.now = 0;
      const now = held.get(one.symbol)!;
      const near = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), one.lot);
      costs.slippage += Math.abs(now - one.from) * Math.abs(one.price - one.market);
      if (!near(now, one.to)) counted.cut++;
      if (near(now, one.order.to) || !near(now, one.to)) pending.delete(one.symbol);
    }
  };

  const lapse = (t: number, which: "before" | "after") => {
    for (const { symbol, bars } of stories) {
      const order = pending.get(symbol);
      if (order === undefined || order.called || !detailed || !bars.some((bar) => bar.t === t)) continue;
      if (Number.isNaN(order.session)) order.session = Math.ceil(t / DAY) * DAY;
      const day = brokerage.timeInForce === "day" && (which === "before" ? t > order.session : t >= order.session);
      const spent = (brokerage.timeInForce === "ioc" || brokerage.timeInForce === "fok") && order.tried;
      if (!day && !(which === "after" && spent)) continue;
      pending.delete(symbol);
      counted.expired++;
    }
  };

  let before = Number.NaN;
  for (const t of clock) {
    const month = (stamp: number) => new Date(stamp - 1).getUTCMonth();
    if (month(t) !== month(before)) monthly = 0;
    const over = stories.filter(({ bars }) => (bars.at(-1)?.t ?? 0) < t).map(({ symbol }) => symbol);
    for (const symbol of over) {
      pending.delete(symbol);
      if (held.get(symbol) !== 0) counted.ended++;
    }
    closeAll(over);
    const nights = Math.ceil(t / DAY) - Math.ceil(before / DAY);
    if (nights > 0 && started) {
      let owed = 0;
      for (const { symbol, borrowRate } of stories) {
        const short = Math.max(-held.get(symbol)! * (mark.get(symbol) ?? 0), 0);
        owed += short;
        const cost = (short * (borrowRate ?? brokerage.borrow?.rate ?? 0) * nights) / 365;
        costs.borrow += cost;
        cash -= cost;
      }
      if (brokerage.interest !== undefined) {
        const { credit, debit } = brokerage.interest;
        const free = Math.max(cash - owed, 0);
        const rate = credit.filter(({ from }) => free >= from).at(-1)?.rate ?? 0;
        const earned = cash > 0 ? (free * rate * nights) / 365 : (cash * debit * nights) / 365;
        costs.interest += earned;
        cash += earned;
      }
      session++;
      proceeds = proceeds.filter((one) => one.session > session);
    }
    for (const { symbol, bars, lot, actions = [] } of stories) {
      const bar = bars.findIndex((candidate) => candidate.t === t);
      if (bar < 1) continue;
      for (const action of actions.filter(({ time }) => time < t && time >= bars[bar - 1]!.t)) {
        const quantity = held.get(symbol)!;
        if (action.kind === "dividend") {
          cash += quantity * action.amount;
          costs.dividends += quantity * action.amount;
          continue;
        }
        if (mark.has(symbol)) mark.set(symbol, mark.get(symbol)! / action.ratio);
        const order = pending.get(symbol);
        if (order !== undefined) order.to = toLots(order.to * action.ratio, lot);
        if (quantity === 0) continue;
        const whole = toLots(quantity * action.ratio, lot);
        cash += (quantity * action.ratio - whole) * mark.get(symbol)!;
        held.set(symbol, whole);
        if (whole === 0 && order !== undefined && (detailed || order.called)) pending.delete(symbol);
        counted.splits++;
      }
    }
    lapse(t, "before");
    meet(t, "open");
    meet(t, "close");
    lapse(t, "after");
    for (const { symbol, bars } of stories) {
      const bar = bars.find((candidate) => candidate.t === t);
      if (bar !== undefined && !Number.isNaN(bar.close)) mark.set(symbol, bar.close);
    }
    let equity = worth();
    let gross = notional(1) + notional(-1);
    if (equity <= 0 && gross > 0) {
      ruined = true;
      closeAll(stories.map(({ symbol }) => symbol));
      pending.clear();
      equity = cash;
      gross = 0;
    }
    for (const symbol of [...called]) if (held.get(symbol) === 0) called.delete(symbol);
    if (
      margin !== undefined &&
      gross > 0 &&
      equity < (1 - 1e-9) * (margin.long.maintenance * notional(1) + margin.short.maintenance * notional(-1))
    ) {
      if (called.size === 0) counted.calls++;
      for (const { symbol } of stories) {
        if (called.has(symbol)) continue;
        pending.delete(symbol);
        if (held.get(symbol) === 0) continue;
        called.add(symbol);
        pending.set(symbol, waiting(0, true));
      }
    }
    if (!ruined)
      for (const { symbol, bars, warm, lot, shortable } of stories) {
        const row = bars.findIndex((candidate) => candidate.t === t);
        if (row < warm) continue;
        started = true;
        const { target } = bars[row]!;
        if (Number.isNaN(target) || !mark.has(symbol)) {
          counted.undecided++;
          continue;
        }
        if (brokerage.act.kind === "change" && target === (last.get(symbol) ?? 0)) continue;
        last.set(symbol, target);
        let to = toLots(weights ? (target * share * equity) / mark.get(symbol)! : target * share, lot);
        if (called.has(symbol)) {
          counted.rejected++;
          continue;
        }
        if (to < 0 && shortable === false) {
          counted.rejected++;
          to = 0;
        }
        const from = held.get(symbol)!;
        if (brokerage.act.kind === "band" && to * from > 0) {
          const bound = brokerage.act.fraction * Math.max(Math.abs(to), Math.abs(from));
          if (Math.abs(to - from) <= bound) {
            pending.delete(symbol);
            continue;
          }
        }
        const least = lot > 0 ? 1e-9 * lot : 1e-9 * Math.max(Math.abs(to), Math.abs(from));
        if (Math.abs(to - from) <= least) pending.delete(symbol);
        else pending.set(symbol, waiting(to));
      }
    if (started) curve.push({ t, equity, gross });
    before = t;
  }
  return { curve, cash, held, ruined, ...counted, costs };
}
