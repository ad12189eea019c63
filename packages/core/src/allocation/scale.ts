import { type HeldPosition, netValue } from "./position.ts";

/** The shares of one world and of its strategies, of the total equity, before and after. */
export interface ShareChange {
  readonly world: string;
  readonly before: number;
  readonly after: number;
  /** By strategy. Where one is missing on either side the world's change counts for it. */
  readonly strategies: Readonly<Record<string, { readonly before?: number; readonly after?: number }>>;
}

/** By how much positions are to be multiplied. */
export interface Scales {
  /** For strategies that have none of their own. */
  readonly world: number;
  readonly strategies: Readonly<Record<string, number>>;
}

/**
 * The factors of a change of shares: after over before. A share that was 0 has no factor of its own: nothing is held on it, and what is held
 * follows the world's. A world that goes to 0 takes everything to 0.
 */
export function scalesOf({ before, after, strategies }: ShareChange): Scales {
  const world = ratio(before, after) ?? (after > 0 ? 1 : 0);
  const own = Object.keys(strategies)
    .sort()
    .map((strategy): readonly [string, number] => {
      const change = strategies[strategy]!;
      if (change.before === undefined || change.after === undefined) return [strategy, world];
      return [strategy, after === 0 ? 0 : (ratio(change.before, change.after) ?? world)];
    });
  return { world, strategies: Object.fromEntries(own) };
}

/** By how much a position is to be multiplied. */
export function factorOf(scales: Scales, { strategy, sizing = 1 }: Pick<HeldPosition, "strategy" | "sizing">): number {
  return scaleFor(scales, strategy) / sizing;
}

function scaleFor({ world, strategies }: Scales, strategy: string): number {
  return Object.hasOwn(strategies, strategy) ? strategies[strategy]! : world;
}

function ratio(before: number, after: number): number | undefined {
  return before > 0 ? after / before : undefined;
}

/**
 * The shares that strategies hold by what they hold: value over total equity. Strategies of a world that holds nothing, or is short on
 * the whole, have none that way.
 */
export function heldShares(
  positions: readonly HeldPosition[],
  totalEquity: number,
): Readonly<Record<string, { readonly before?: number }>> {
  const strategies = [...new Set(positions.map(({ strategy }) => strategy))];
  const whole = netValue(positions);
  const against = totalEquity > 0 ? totalEquity : whole;
  return Object.fromEntries(
    strategies.map((strategy) => {
      const value = netValue(positions.filter((one) => one.strategy === strategy));
      return [strategy, whole > 0 ? { before: value / against } : {}];
    }),
  );
}
