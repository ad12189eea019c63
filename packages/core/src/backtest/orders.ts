import type { KeptColumn } from "../engine/execution.ts";
import type { ColumnRef, DecisionSpec, TradeSpec } from "../strategy/graph.ts";
import type { DecisionRule, Desk } from "./decision-rule.ts";
import { KIND } from "./fill-log.ts";
import { type Lane, openLanes, requireComputed, skipBefore } from "./lane.ts";
import { roundToLot } from "./lot.ts";
import { cancel, NOTHING, place } from "./pending.ts";
import { roundToTick } from "./tick.ts";

export type OrdersSpec = Extract<DecisionSpec, { readonly kind: "orders" }>;

/** The columns of one side of one symbol. */
interface SideLanes {
  readonly side: 1 | -1;
  readonly enter: Lane;
  readonly exit: Lane | undefined;
  /** A lane, or a constant fraction of equity. */
  readonly size: Lane | number;
  readonly unit: "fraction" | "quantity";
  readonly stop: Lane | undefined;
  readonly takeProfit: Lane | undefined;
  readonly expire: number;
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
    const stop = lanes(trade.stop);
    const takeProfit = lanes(trade.takeProfit);
    const size = trade.size.kind === "constant" ? trade.size.value : openLanes(columns, trade.size.ref);
    for (const [symbol, enter] of openLanes(columns, trade.enter)) {
      const own: Omit<SideLanes, "all"> = {
        side,
        enter,
        exit: exit?.get(symbol),
        // A column that has no series for the symbol has no row either: the entry stays undecided.
        size: typeof size === "number" ? size : (size.get(symbol) ?? emptyLane(symbol)),
        unit: trade.size.unit,
        stop: stop === undefined ? undefined : (stop.get(symbol) ?? emptyLane(symbol)),
        takeProfit: takeProfit === undefined ? undefined : (takeProfit.get(symbol) ?? emptyLane(symbol)),
        expire: trade.expire ?? Number.POSITIVE_INFINITY,
      };
      const all = [own.enter, own.exit, own.size, own.stop, own.takeProfit].filter((lane) => typeof lane === "object");
      bySymbol.set(symbol, [...(bySymbol.get(symbol) ?? []), { ...own, all }]);
    }
  }
  return bySymbol;
}

function emptyLane(symbol: string): Lane {
  const nothing = new Float64Array(0);
  const series = { symbol, stamps: nothing, values: nothing, base: 0, firstValid: 0, computed: 0 };
  return { series, row: 0, fresh: -1 };
}

/**
 * Entries, exits, stops.
 *
 * - An entry acts when its symbol is flat and nothing waits; while one side is held, entries of either side are passed over. Both sides at
 *   once enter neither, an entry and its exit on one row exit. An exit that comes while the entry still waits for a price cancels it.
 * - Size, stop and take-profit are those of the entry's own row; where one of them is missing there, the entry is undecided. A fraction is
 *   one of equity at the decision's close, and like a number of units it counts share x scale.
 * - Levels hold from the bar of entry on. They are rounded to the tick against the order: a stop is hit no sooner, and a take-profit no
 *   sooner, than at the price as given.
 * - `expire: n` closes at the open after n bars of the symbol, the bar of entry included.
 * - Of the rows that stand between two bars of the symbol the last one counts.
 */
export function createOrderRule(desk: Desk, sides: readonly (readonly SideLanes[])[]): DecisionRule {
  const { instruments, account, pending, log, now, part } = desk;
  const levels = {
    stop: new Float64Array(sides.length).fill(Number.NaN),
    takeProfit: new Float64Array(sides.length).fill(Number.NaN),
  };

  function enter(s: number, own: SideLanes): void {
    const stamp = own.enter.series.stamps[own.enter.fresh]!;
    const read = ({ series, fresh }: Lane): number =>
      fresh >= 0 && series.stamps[fresh] === stamp ? series.values[fresh]! : Number.NaN;
    const size = typeof own.size === "number" ? own.size : read(own.size);
    const stop = own.stop === undefined ? Number.NaN : read(own.stop);
    const profit = own.takeProfit === undefined ? Number.NaN : read(own.takeProfit);
    const mark = account.mark[s]!;
    const missing = (lane: Lane | undefined, level: number) => lane !== undefined && Number.isNaN(level);
    if (
      !(size > 0 && size < Number.POSITIVE_INFINITY) ||
      missing(own.stop, stop) ||
      missing(own.takeProfit, profit) ||
      mark === 0
    ) {
      log.undecided++;
      return;
    }
    log.decisions++;
    const { lot, tick } = instruments[s]!;
    const wish = own.side * (own.unit === "quantity" ? size * part : (size * part * now.equity) / mark);
    const to = roundToLot(wish, lot);
    if (to === 0) return;
    const against = own.side === 1 ? -1 : 1;
    levels.stop[s] = roundToTick(stop, against, tick);
    levels.takeProfit[s] = roundToTick(profit, own.side, tick);
    place(pending, s, KIND.entry, to, now.stamp);
  }

  return {
    levels,
    arrive(s) {
      for (const { all } of sides[s]!) for (const lane of all) skipBefore(lane, now.stamp);
    },
    decide(s, bar) {
      const { stamp } = now;
      let wanted: SideLanes | undefined;
      let conflict = false;
      const held = account.quantity[s]!;
      const waits = pending.kind[s];
      for (const own of sides[s]!) {
        for (const lane of own.all) readUpTo(lane, stamp);
        if (own.enter.fresh >= 0 && Number.isNaN(log.first)) log.first = stamp;
        const exits = own.exit !== undefined && isTrue(own.exit);
        const enters = isTrue(own.enter);
        const isHeld = held * own.side > 0;
        if (isHeld && exits && waits === NOTHING) {
          log.decisions++;
          place(pending, s, KIND.exit, 0, stamp);
        } else if (isHeld && waits === NOTHING && bar - account.entryBar[s]! + 1 >= own.expire)
          place(pending, s, KIND.expired, 0, stamp);
        else if (exits && waits === KIND.entry && pending.to[s]! * own.side > 0) cancel(pending, s);
        else if (enters && !exits && held === 0 && waits === NOTHING) {
          conflict = wanted !== undefined;
          wanted = own;
        }
      }
      if (conflict) log.conflicts++;
      else if (wanted !== undefined) enter(s, wanted);
    },
  };
}

/** Sets `fresh` to the last row at or before the stamp that was not read yet, if it is valid. */
function readUpTo(lane: Lane, stamp: number): void {
  let row = -1;
  while (lane.row < lane.series.stamps.length && lane.series.stamps[lane.row]! <= stamp) {
    requireComputed(lane, lane.row);
    row = lane.row;
    lane.row = row + 1;
  }
  lane.fresh = row >= lane.series.firstValid ? row : -1;
}

function isTrue({ series, fresh }: Lane): boolean {
  return fresh >= 0 && series.values[fresh] === 1;
}
