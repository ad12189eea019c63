import { byValue } from "./overlay.ts";
import type { HeldPosition, Instrument } from "./position.ts";

/** An order of a world, without the strategies that it is for. */
export interface UnattributedDelta extends Instrument {
  readonly quantity: number;
}

export interface AttributedDelta extends UnattributedDelta {
  readonly strategy: string;
}

/**
 * Whose an order of a world is, where nobody said: strategies take part by the value of what they hold of its instrument. Where nobody
 * holds any, an order that buys is opened by shares; one that sells is nobody's, for there is nothing to sell.
 *
 * @param shares by strategy, in proportion
 */
export function attribute(
  delta: UnattributedDelta,
  positions: readonly HeldPosition[],
  shares: Readonly<Record<string, number>> = {},
): readonly AttributedDelta[] {
  const { symbol, venue, quantity } = delta;
  const holders = byValue(
    positions.filter((one) => one.symbol === symbol && one.venue === venue),
    quantity,
  );
  if (holders.length > 0 || quantity <= 0) return holders.map((part) => ({ symbol, venue, ...part }));
  const openers = Object.entries(shares).filter(([, share]) => share > 0);
  const whole = openers.reduce((sum, [, share]) => sum + share, 0);
  return openers.map(([strategy, share]) => ({ symbol, venue, strategy, quantity: (quantity * share) / whole }));
}
