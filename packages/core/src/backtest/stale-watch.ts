import type { Calendar } from "../data/calendar/calendar.ts";
import { type Interval, intervalLength } from "../schema/interval.ts";

/**
 * Notices symbols that are held without a price for more than `maxStale` bars. A calendar with slots counts them; without slots the stamps of
 * the other symbols do.
 */
export interface StaleWatch {
  /** Milliseconds after a price within which no slot beyond `maxStale` can have passed. */
  readonly tolerance: number;
  /** A held symbol has no price at this stamp, the `index`-th of the clock. */
  absent(s: number, stamp: number, index: number): void;
  /** A held symbol has a price again, more than `tolerance` after its last one. */
  returned(s: number, stamp: number): void;
  readonly found: readonly { readonly symbol: string; readonly since: number; readonly time: number }[];
}

export function createStaleWatch(options: {
  readonly symbols: readonly string[];
  /** Stamp of each symbol's last price, and its place in the clock. */
  readonly pricedAt: Float64Array;
  readonly pricedIndex: Int32Array;
  readonly calendar: Calendar;
  readonly interval: Interval;
  readonly maxStale: number;
}): StaleWatch {
  const { symbols, pricedAt, pricedIndex, calendar, interval, maxStale } = options;
  const tolerance = (maxStale + 1) * intervalLength(interval);
  // The price after which each symbol was found stale last: found once per gap.
  const reported = new Float64Array(symbols.length).fill(Number.NaN);
  const found: { symbol: string; since: number; time: number }[] = [];

  function report(s: number, time: number, missing: number): void {
    if (missing <= maxStale) return;
    reported[s] = pricedAt[s]!;
    found.push({ symbol: symbols[s]!, since: pricedAt[s]!, time });
  }

  return {
    tolerance,
    found,
    absent(s, stamp, index) {
      if (reported[s] === pricedAt[s]) return;
      if (!calendar.hasSlots) report(s, stamp, index - pricedIndex[s]!);
      else if (stamp - pricedAt[s]! >= tolerance)
        report(s, stamp, calendar.slots(interval, pricedAt[s]!, stamp).length);
    },
    returned(s, stamp) {
      // A gap in which no symbol had a bar shows only now; the bar that ends it is not missing.
      if (reported[s] === pricedAt[s] || !calendar.hasSlots) return;
      report(s, stamp, calendar.slots(interval, pricedAt[s]!, stamp).length - 1);
    },
  };
}
