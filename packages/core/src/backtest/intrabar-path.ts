import type { WorkingOrder } from "./book.ts";
import type { IntrabarPath } from "./brokerage.ts";
import { hasTrigger, type Terms } from "./order-type.ts";

/** The prices of a bar after its open, for one symbol. `NaN`: unknown, and passed over. */
export interface Reach {
  readonly low: number;
  readonly high: number;
  readonly close: number;
}

/**
 * The prices that the market visits after the open, one after the other.
 *
 * Pessimistic, they depend on what is at stake. A position sees its worse extreme first, so that a stop comes before a take-profit. An entry
 * that waits at a limit sees the extreme that fills it, and then only the close: whether the other extreme came before or after it, nobody
 * knows. An entry that waits behind a stop sees the extreme that sets it off, then the other one. Of two entries that cancel each other and could
 * both be filled, the one comes first that stands worse at the close.
 *
 * @param held signed units at the open
 */
export function pathOf(path: IntrabarPath, reach: Reach, held: number, entries: readonly WorkingOrder[]): number[] {
  const { low, high, close } = reach;
  if (path === "open-high-low-close") return [high, low, close];
  if (path === "open-low-high-close") return [low, high, close];
  if (held !== 0) return held > 0 ? [low, high, close] : [high, low, close];
  const first = firstEntry(reach, entries);
  if (first === undefined) return [];
  const { direction } = first;
  const against = direction === 1 ? low : high;
  return isStop(first) ? [direction === 1 ? high : low, against, close] : [against, close];
}

/** The prices that are still to come when an entry was filled inside the bar; pessimistic. */
export function pathAfterEntry({ low, high, close }: Reach, entry: Terms, wasStop: boolean): number[] {
  const long = entry.direction === 1;
  if (!wasStop) return [long ? low : high, close];
  return long ? [low, high, close] : [high, low, close];
}

function firstEntry({ low, high, close }: Reach, entries: readonly WorkingOrder[]): Terms | undefined {
  const reached = entries
    .map(({ terms }) => terms)
    .filter((terms) => {
      const level = levelOf(terms);
      return level >= low && level <= high;
    });
  const loss = (terms: Terms) => terms.direction * (levelOf(terms) - close);
  return reached.reduce<Terms | undefined>(
    (worst, terms) => (worst === undefined || loss(terms) > loss(worst) ? terms : worst),
    undefined,
  );
}

function levelOf(terms: Terms): number {
  return isStop(terms) ? terms.stop : terms.limit;
}

/** It waits for the price to go its way; otherwise for a better one. */
export function isStop({ type, triggered }: Terms): boolean {
  return hasTrigger(type) && !triggered;
}
