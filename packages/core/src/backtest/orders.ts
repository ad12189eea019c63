import type { KeptColumn } from "../engine/execution.ts";
import type { ColumnRef, DecisionSpec, TradeSpec } from "../strategy/graph.ts";
import { admit } from "./admission.ts";
import { clearBook, enterBook, isProtective, type Protection, removeOrder, workingOrder } from "./book.ts";
import type { TimeInForce } from "./brokerage.ts";
import type { DecisionRule, Desk } from "./decision-rule.ts";
import { FILL_KINDS, KIND, type KindNumber } from "./fill-log.ts";
import { type Lane, openLanes, requireComputed, skipBefore, stampOf } from "./lane.ts";
import { limitTo } from "./limit-order.ts";
import { roundToLot } from "./lot.ts";
import type { OrderEvent } from "./order-log.ts";
import { passed } from "./order-terms.ts";
import { marketTerms, type Terms } from "./order-type.ts";
import { unitsOfWeight } from "./size.ts";
import { roundToTick } from "./tick.ts";

export type OrdersSpec = Extract<DecisionSpec, { readonly kind: "orders" }>;

/** Columns of a trade that are numbers read on the row of its entry. */
const LEVELS = ["limit", "trigger", "stop", "takeProfit", "trail", "until"] as const;

type Level = (typeof LEVELS)[number];

/** The columns of one side of one symbol. */
interface SideLanes {
  readonly side: 1 | -1;
  readonly enter: Lane;
  readonly exit: Lane | undefined;
  /** A lane, or a constant fraction of equity. */
  readonly size: Lane | number;
  readonly unit: "fraction" | "quantity";
  readonly levels: Readonly<Partial<Record<Level, Lane>>>;
  readonly expire: number;
  readonly at: TradeSpec["at"];
  readonly timeInForce: TimeInForce;
  readonly all: readonly Lane[];
}

export type OrderLanes = ReadonlyMap<string, readonly SideLanes[]>;

/** The symbols that orders are given for: those that have an entry column. */
export function orderLanes(spec: OrdersSpec, columns: (ref: ColumnRef) => KeptColumn): OrderLanes {
  const bySymbol = new Map<string, SideLanes[]>();
  const sides: readonly (readonly [1 | -1, TradeSpec | undefined])[] = [
    [1, spec.long],
    [-1, spec.short],
  ];
  for (const [side, trade] of sides) {
    if (trade === undefined) continue;
    const lanes = (ref: ColumnRef | undefined) => (ref === undefined ? undefined : openLanes(columns, ref));
    const exit = lanes(trade.exit);
    const size = trade.size.kind === "constant" ? trade.size.value : openLanes(columns, trade.size.ref);
    const levels = LEVELS.flatMap((name) => {
      const ref = trade[name];
      return ref === undefined ? [] : [[name, openLanes(columns, ref)] as const];
    });
    for (const [symbol, enter] of openLanes(columns, trade.enter)) {
      const own: Omit<SideLanes, "all"> = {
        side,
        enter,
        exit: exit?.get(symbol),
        // A column that has no series for the symbol has no row either: the entry stays undecided.
        size: typeof size === "number" ? size : (size.get(symbol) ?? emptyLane(symbol)),
        unit: trade.size.unit,
        levels: Object.fromEntries(levels.map(([name, of]) => [name, of.get(symbol) ?? emptyLane(symbol)])),
        expire: trade.expire ?? Number.POSITIVE_INFINITY,
        at: trade.at,
        timeInForce: trade.timeInForce ?? "gtc",
      };
      const all = [own.enter, own.exit, own.size, ...Object.values(own.levels)].filter(
        (lane) => typeof lane === "object",
      );
      bySymbol.set(symbol, [...(bySymbol.get(symbol) ?? []), { ...own, all }]);
    }
  }
  return bySymbol;
}

function emptyLane(symbol: string): Lane {
  const nothing = new Float64Array(0);
  const series = { symbol, stamps: nothing, values: nothing, base: 0, origin: 0, firstValid: 0, computed: 0 };
  return { series, row: 0, fresh: -1 };
}

/**
 * Entries, exits, stops.
 *
 * - An entry acts when its symbol is flat and nothing waits; while one side is held, entries of either side are passed over. Both sides at
 *   once enter neither, unless both wait for a price: then they cancel each other. An entry and its exit on one row exit. An exit that comes
 *   while the entry still waits cancels it.
 * - Size and levels are those of the entry's own row; where one of them is missing there, the entry is undecided. A fraction is
 *   one of equity at the decision's close, and like a number of units it counts share x scale.
 * - Levels are rounded to the tick against the order: a stop is set off no sooner, and a limit pays no more, than at the price as given.
 * - Protection holds from the bar of entry on. A trailing stop's distance is read anew on each bar; its stop never goes back.
 * - `expire: n` closes at the open after n bars of the symbol, the bar of entry included.
 * - Of the rows that stand between two bars of the symbol the last one counts.
 */
export function createOrderRule(desk: Desk, sides: readonly (readonly SideLanes[])[]): DecisionRule {
  const { account, book, log, now } = desk;

  function exit(s: number, kind: KindNumber, at: TradeSpec["at"]): void {
    const held = account.quantity[s]!;
    const direction = held > 0 ? -1 : 1;
    if (passed(desk.terms, held, 0) === undefined) {
      desk.orders?.push({ kind: "refused", symbol: desk.instruments[s]!.symbol, time: now.stamp, to: 0 });
      return;
    }
    // What is left of the entry is not wanted any more.
    clearBook(book, s, "entries");
    const terms = marketTerms(marketType(at), direction);
    enterBook(book, "exits", s, workingOrder({ number: ++account.orders, kind, terms, decided: now.stamp, to: 0 }));
    desk.orders?.push(placed(desk, s, terms, kind, 0));
  }

  return {
    arrive(s) {
      for (const { all } of sides[s]!) for (const lane of all) skipBefore(lane, now.stamp);
    },
    decide(s, bar) {
      const { stamp } = now;
      const held = account.quantity[s]!;
      const leaving = book.exits[s]!.some((order) => !isProtective(order));
      const idle = held === 0 && !leaving && book.entries[s]!.length === 0;
      const wanted: SideLanes[] = [];
      for (const own of sides[s]!) {
        for (const lane of own.all) readUpTo(lane, stamp);
        if (own.enter.fresh >= 0 && Number.isNaN(log.first)) log.first = stamp;
        const exits = own.exit !== undefined && isTrue(own.exit);
        const enters = isTrue(own.enter);
        if (held * own.side > 0) {
          if (own.levels.trail !== undefined) retrail(s, own.levels.trail);
          if (leaving) continue;
          if (exits) {
            log.decisions++;
            exit(s, KIND.exit, own.at);
          } else if (bar - account.entryBar[s]! + 1 >= own.expire) exit(s, KIND.expired, undefined);
        } else if (exits && held === 0) withdraw(s, own.side);
        else if (enters && !exits && idle) wanted.push(own);
      }
      if (wanted.length === 2 && !wanted.every(waits)) log.conflicts++;
      else for (const own of wanted) enter(s, own);
    },
  };

  function withdraw(s: number, side: 1 | -1): void {
    for (const order of [...book.entries[s]!]) {
      if (!(order.to * side > 0)) continue;
      removeOrder(book, "entries", s, order);
      desk.orders?.push({ kind: "withdrawn", symbol: desk.instruments[s]!.symbol, time: now.stamp, to: order.to });
    }
  }

  function retrail(s: number, lane: Lane): void {
    const distance = lane.fresh < 0 ? Number.NaN : lane.series.values[lane.fresh]!;
    if (!(distance > 0)) return;
    for (const { kind, terms } of book.exits[s]!) if (kind === KIND["trailing-stop"]) terms.trail = distance;
  }

  function enter(s: number, own: SideLanes): void {
    const stamp = stampOf(own.enter, own.enter.fresh);
    const read = (lane: Lane | undefined): number =>
      lane !== undefined && lane.fresh >= 0 && stampOf(lane, lane.fresh) === stamp
        ? lane.series.values[lane.fresh]!
        : Number.NaN;
    const size = typeof own.size === "number" ? own.size : read(own.size);
    const mark = account.mark[s]!;
    const missing = Object.values(own.levels).some((lane) => Number.isNaN(read(lane)));
    const trail = read(own.levels.trail);
    if (!(size > 0 && size < Number.POSITIVE_INFINITY) || missing || trail <= 0 || mark === 0) {
      log.undecided++;
      return;
    }
    log.decisions++;
    const { lot, tick } = desk.instruments[s]!;
    const { side } = own;
    const { part } = desk.terms;
    const wish =
      own.unit === "quantity"
        ? roundToLot(side * size * part, lot)
        : unitsOfWeight(side * size, part, now.equity, mark, lot);
    const may = passed(desk.terms, 0, wish);
    if (may === undefined || (may === 0 && wish !== 0)) {
      desk.orders?.push({ kind: "refused", symbol: desk.instruments[s]!.symbol, time: now.stamp, to: wish });
      return;
    }
    const limited = limitTo(desk, s, may, String(now.stamp));
    const to = limited === 0 ? undefined : admit(desk, s, limited);
    if (to === undefined || to === 0) return;
    const against = side === 1 ? -1 : 1;
    const bracket: Protection[] = [];
    const protection = { direction: against, limit: Number.NaN, trail, triggered: false } as const;
    const stop = roundToTick(read(own.levels.stop), against, tick);
    const profit = roundToTick(read(own.levels.takeProfit), side, tick);
    if (!Number.isNaN(stop)) bracket.push({ kind: KIND.stop, terms: { ...protection, type: "stop", stop } });
    if (!Number.isNaN(trail))
      bracket.push({ kind: KIND["trailing-stop"], terms: { ...protection, type: "trailing-stop", stop: Number.NaN } });
    if (!Number.isNaN(profit))
      bracket.push({
        kind: KIND["take-profit"],
        terms: { ...protection, type: "limit", limit: profit, stop: Number.NaN },
      });
    const limit = roundToTick(read(own.levels.limit), against, tick);
    const trigger = roundToTick(read(own.levels.trigger), side, tick);
    const until = read(own.levels.until);
    const terms = entryTerms(own, limit, trigger);
    desk.orders?.push(placed(desk, s, terms, KIND.entry, to, bracket));
    enterBook(
      book,
      "entries",
      s,
      workingOrder({
        number: ++account.orders,
        kind: KIND.entry,
        terms,
        decided: now.stamp,
        to,
        timeInForce: own.timeInForce,
        until: Number.isNaN(until) ? Number.POSITIVE_INFINITY : until * 1000,
        bracket,
      }),
    );
  }
}

function placed(
  { instruments, now, account }: Desk,
  s: number,
  terms: Terms,
  kind: KindNumber,
  to: number,
  bracket: readonly Protection[] = [],
): OrderEvent {
  return {
    kind: "placed",
    symbol: instruments[s]!.symbol,
    time: now.stamp,
    because: FILL_KINDS[kind]!,
    type: terms.type,
    quantity: to - account.quantity[s]!,
    to,
    ...levelsOf(terms),
    ...(bracket.length > 0 && {
      protection: bracket.map((one) => ({ because: FILL_KINDS[one.kind]!, ...levelsOf(one.terms) })),
    }),
  };
}

function levelsOf({ limit, stop, trail }: Terms): { limit?: number; stop?: number; trail?: number } {
  return {
    ...(!Number.isNaN(limit) && { limit }),
    ...(!Number.isNaN(stop) && { stop }),
    ...(!Number.isNaN(trail) && { trail }),
  };
}

function entryTerms({ side, at }: SideLanes, limit: number, trigger: number): Terms {
  if (Number.isNaN(limit) && Number.isNaN(trigger)) return marketTerms(marketType(at), side);
  const type = Number.isNaN(trigger) ? "limit" : Number.isNaN(limit) ? "stop" : "stop-limit";
  return { type, direction: side, limit, stop: trigger, trail: Number.NaN, triggered: false };
}

function marketType(at: TradeSpec["at"]): "market" | "market-on-open" | "market-on-close" {
  return at === undefined ? "market" : at === "open" ? "market-on-open" : "market-on-close";
}

/** For a price, so that its rival may wait as well. */
function waits({ levels }: SideLanes): boolean {
  return levels.limit !== undefined || levels.trigger !== undefined;
}

/** Sets `fresh` to the last row at or before the stamp that was not read yet, if it is valid. */
function readUpTo(lane: Lane, stamp: number): void {
  let row = -1;
  while (stampOf(lane, lane.row) <= stamp) {
    requireComputed(lane, lane.row);
    row = lane.row;
    lane.row = row + 1;
  }
  lane.fresh = row >= lane.series.firstValid ? row : -1;
}

function isTrue({ series, fresh }: Lane): boolean {
  return fresh >= 0 && series.values[fresh] === 1;
}
