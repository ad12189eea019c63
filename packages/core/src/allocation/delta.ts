import { DUST, roundToLot } from "../backtest/lot.ts";
import { byInstrument, type HeldPosition, type Instrument, keyOf, markOf } from "./position.ts";
import { factorOf, type Scales } from "./scale.ts";

/** What has to be traded of an instrument. */
export interface Delta extends Instrument {
  /** Signed units. */
  readonly quantity: number;
  readonly mark: number;
  /** It makes what is held smaller and does not go through flat, on whichever side that is. */
  readonly reduceOnly: boolean;
  /** What each strategy wanted of it, before rounding. */
  readonly strategies: readonly { readonly strategy: string; readonly quantity: number }[];
}

/** What was to be traded and is not. */
export interface LeftOut extends Instrument {
  /** Signed units that were wanted. */
  readonly quantity: number;
  readonly reason: "no-mark" | "below-min-notional" | "less-than-a-lot";
}

/** How orders have to look. */
export interface TradeRules {
  /** Least value of an order, in the account's currency. */
  readonly minNotional: number;
  /** Units by symbol; one that is not named has none. */
  readonly lots: Readonly<Record<string, number>>;
}

export interface Deltas {
  readonly deltas: readonly Delta[];
  readonly leftOut: readonly LeftOut[];
}

/** Every position scaled by its own strategy's factor, netted per venue and symbol, rounded toward zero to the lot. */
export function deltasOf(positions: readonly HeldPosition[], scales: Scales, rules: TradeRules): Deltas {
  const deltas: Delta[] = [];
  const leftOut: LeftOut[] = [];
  for (const group of byInstrument(positions)) {
    const { symbol, venue } = group[0]!;
    const wanted = group.map((position) => ({
      strategy: position.strategy,
      quantity: change(position.quantity, factorOf(scales, position)),
    }));
    const asked = wanted.reduce((sum, { quantity }) => sum + quantity, 0);
    const size = group.reduce((sum, { quantity }) => sum + Math.abs(quantity), 0);
    if (Math.abs(asked) <= DUST * size) continue;
    const mark = markOf(group);
    const held = group.reduce((sum, { quantity }) => sum + quantity, 0);
    const traded = tradable({ symbol, venue, quantity: asked }, mark, rules);
    if (traded.kind === "left-out") leftOut.push(traded.leftOut);
    else
      deltas.push({
        symbol,
        venue,
        quantity: traded.quantity,
        mark: mark!,
        reduceOnly: reduces(held, traded.quantity),
        strategies: wanted.filter(({ quantity }) => quantity !== 0),
      });
  }
  return { deltas, leftOut };
}

/** The deltas of several worlds, netted per venue and symbol. They are multiples of the lot already. */
export function netted(
  perWorld: readonly (readonly Delta[])[],
  positions: readonly HeldPosition[],
  rules: TradeRules,
): Deltas {
  const deltas: Delta[] = [];
  const leftOut: LeftOut[] = [];
  const held = new Map<string, number>();
  for (const position of positions) held.set(keyOf(position), (held.get(keyOf(position)) ?? 0) + position.quantity);
  for (const group of byInstrument(perWorld.flat())) {
    const { symbol, venue } = group[0]!;
    const asked = group.reduce((sum, { quantity }) => sum + quantity, 0);
    const size = group.reduce((sum, { quantity }) => sum + Math.abs(quantity), 0);
    if (Math.abs(asked) <= DUST * size) continue;
    const mark = markOf(group);
    const traded = tradable({ symbol, venue, quantity: asked }, mark, rules);
    if (traded.kind === "left-out") leftOut.push(traded.leftOut);
    else
      deltas.push({
        symbol,
        venue,
        quantity: traded.quantity,
        mark: mark!,
        reduceOnly: reduces(held.get(keyOf({ symbol, venue })) ?? 0, traded.quantity),
        strategies: group.flatMap(({ strategies }) => strategies),
      });
  }
  return { deltas, leftOut };
}

export function tradable(
  asked: Pick<LeftOut, "symbol" | "venue" | "quantity">,
  mark: number | undefined,
  { minNotional, lots }: TradeRules,
): { readonly kind: "traded"; readonly quantity: number } | { readonly kind: "left-out"; readonly leftOut: LeftOut } {
  const without = (reason: LeftOut["reason"]) => ({ kind: "left-out", leftOut: { ...asked, reason } }) as const;
  if (mark === undefined) return without("no-mark");
  if (Math.abs(asked.quantity * mark) < minNotional) return without("below-min-notional");
  const lot = Object.hasOwn(lots, asked.symbol) ? lots[asked.symbol]! : 0;
  const quantity = roundToLot(asked.quantity, lot);
  return quantity === 0 ? without("less-than-a-lot") : { kind: "traded", quantity };
}

/** What a position changes by when it is scaled; nothing where only rounding would. */
function change(quantity: number, factor: number): number {
  return Math.abs(factor - 1) <= DUST ? 0 : quantity * (factor - 1);
}

export function reduces(held: number, quantity: number): boolean {
  return held * quantity < 0 && Math.abs(quantity) <= Math.abs(held) * (1 + DUST);
}
