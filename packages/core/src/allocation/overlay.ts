import { QmtlError } from "../schema/error.ts";
import { type Delta, type Deltas, type LeftOut, reduces, type TradeRules, tradable } from "./delta.ts";
import { byInstrument, type HeldPosition, isPrice, netValue } from "./position.ts";
import type { ShareChange } from "./scale.ts";

/** One instrument per world that stands for the whole of what it holds, such as a future on its index. */
export interface Overlay {
  /** Symbol by world. */
  readonly instruments: Readonly<Record<string, string>>;
  /** Price by symbol, in the account's currency. */
  readonly prices: Readonly<Record<string, number>>;
  /** By world, instead of what the change of its share comes to. */
  readonly scales?: Readonly<Record<string, number>>;
}

/**
 * What has to be traded of the worlds' overlay instruments so that the value of what they hold is scaled, while the positions stay.
 *
 * @throws `allocation.no-overlay` for a world without an instrument, or an instrument without a price
 */
export function overlayDeltas(
  changes: readonly ShareChange[],
  positions: readonly HeldPosition[],
  overlay: Overlay | undefined,
  rules: TradeRules,
): Deltas {
  const wanted = changes.flatMap((change) => {
    const { symbol, price } = instrumentOf(change.world, overlay);
    const own = positions.filter(({ world }) => world === change.world);
    const given = overlay?.scales?.[change.world];
    const scale = given ?? (change.before > 0 ? change.after / change.before : 1);
    return [{ symbol, price, value: (scale - 1) * netValue(own), own }];
  });
  return overlayTrades(wanted, positions, rules);
}

/** Values to be traded in overlay instruments, netted per instrument. */
export function overlayTrades(
  wanted: readonly {
    readonly symbol: string;
    readonly price: number;
    readonly value: number;
    readonly own: readonly HeldPosition[];
  }[],
  positions: readonly HeldPosition[],
  rules: TradeRules,
): Deltas {
  const deltas: Delta[] = [];
  const leftOut: LeftOut[] = [];
  for (const group of byInstrument(wanted.map((one) => ({ ...one, venue: null })))) {
    const { symbol, price } = group[0]!;
    const value = group.reduce((sum, one) => sum + one.value, 0);
    if (value === 0) continue;
    const held = positions
      .filter((one) => one.symbol === symbol && one.venue === null)
      .reduce((sum, { quantity }) => sum + quantity, 0);
    const traded = tradable({ symbol, venue: null, quantity: value / price }, price, rules);
    if (traded.kind === "left-out") leftOut.push(traded.leftOut);
    else
      deltas.push({
        symbol,
        venue: null,
        quantity: traded.quantity,
        mark: price,
        reduceOnly: reduces(held, traded.quantity),
        strategies: group.flatMap(({ own, value: part }) => byValue(own, part / price)),
      });
  }
  return { deltas, leftOut };
}

/** @throws `allocation.no-overlay` */
export function instrumentOf(
  world: string,
  overlay: Overlay | undefined,
): { readonly symbol: string; readonly price: number } {
  const symbol = overlay?.instruments?.[world];
  if (symbol === undefined)
    throw new QmtlError({
      code: "allocation.no-overlay",
      message: `World ${world} has no overlay instrument`,
      place: { world },
      next: "Name one per world, with its price, or plan by scaling.",
    });
  const price = overlay?.prices?.[symbol];
  if (price === undefined || !isPrice(price))
    throw new QmtlError({
      code: "allocation.no-overlay",
      message: `The overlay instrument ${symbol} of world ${world} has no price above 0`,
      place: { world, symbol },
      next: "Give its price in the account's currency.",
    });
  return { symbol, price };
}

/** A quantity in parts by the size of what strategies hold. */
export function byValue(
  positions: readonly HeldPosition[],
  quantity: number,
): readonly { readonly strategy: string; readonly quantity: number }[] {
  const sizes = new Map<string, number>();
  for (const { strategy, quantity: units, mark } of positions)
    sizes.set(strategy, (sizes.get(strategy) ?? 0) + (isPrice(mark) ? Math.abs(units * mark) : 0));
  const whole = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  if (whole === 0) return [];
  return [...sizes].flatMap(([strategy, size]) =>
    size === 0 ? [] : [{ strategy, quantity: (quantity * size) / whole }],
  );
}
