import type { Calendar } from "../data/calendar/calendar.ts";
import { type Interval, isCalendarInterval } from "../schema/interval.ts";
import type { Account } from "./broker.ts";

/**
 * What limits of risk are measured on: the strategy's own part of the equity. Its account may hold the equity of a whole world of which the
 * strategy commands a share: what all of a world's strategies come to is within a limit when each is within it on its own part.
 */
export interface RiskWatch {
  readonly calendar: Calendar;
  /** Bars are evaluation periods; else sessions are. */
  readonly whole: boolean;
  readonly periodsPerYear: number;
  /** End of the period under way; `NaN` before the first bar. */
  end: number;
  /** The part that was commanded last. */
  part: number;
  /** Equity at the last mark; `NaN` before it. */
  equity: number;
  /** What 1 of the part has become, and the most that it was; as it was when the last period ended. */
  index: number;
  peak: number;
  ended: number;
  /** Returns of the last year's periods. */
  readonly returns: number[];
  /** By symbol: the price at the end of the last period, 0 before the first, and the returns from one to the next; `NaN` without a price. */
  readonly closes: Float64Array;
  readonly symbolReturns: readonly number[][];
  /** By symbol: what the last order that was held back asked for, and why. */
  readonly told: string[];
}

export function createRiskWatch(of: {
  readonly symbols: number;
  readonly calendar: Calendar;
  readonly interval: Interval;
}): RiskWatch {
  const { symbols, calendar, interval } = of;
  const whole = isCalendarInterval(interval);
  return {
    calendar,
    whole,
    periodsPerYear: calendar.periodsPerYear(whole ? interval : "1d"),
    end: Number.NaN,
    part: 0,
    equity: Number.NaN,
    index: 1,
    peak: 1,
    ended: 1,
    returns: [],
    closes: new Float64Array(symbols),
    symbolReturns: Array.from({ length: symbols }, () => []),
    told: new Array<string>(symbols).fill(""),
  };
}

/** In front of a stamp: what was before it may have ended a period. Marks are those of the stamp before. */
export function passPeriod(watch: RiskWatch, stamp: number, { mark }: Account): void {
  if (stamp <= watch.end) return;
  const first = Number.isNaN(watch.end);
  watch.end = watch.whole ? stamp : watch.calendar.barEnd("1d", stamp);
  if (first) return;
  keep(watch, watch.returns, watch.ended > 0 ? watch.index / watch.ended - 1 : Number.NaN);
  watch.ended = watch.index;
  for (const [s, returns] of watch.symbolReturns.entries()) {
    const [before, now] = [watch.closes[s]!, mark[s]!];
    keep(watch, returns, before > 0 && now > 0 ? now / before - 1 : Number.NaN);
    watch.closes[s] = now;
  }
}

/** After the marks of a stamp. What was gained or lost is the part's, whatever the account holds beside it. */
export function passMark(watch: RiskWatch, equity: number): void {
  const { equity: before, part } = watch;
  watch.equity = equity;
  if (!(before > 0 && part > 0)) return;
  watch.index = Math.max(0, watch.index * (1 + (equity - before) / (part * before)));
  watch.peak = Math.max(watch.peak, watch.index);
}

/** Prices from before a split are told in units from after it. */
export function passSplit(watch: RiskWatch, s: number, ratio: number): void {
  watch.closes[s]! /= ratio;
}

function keep({ periodsPerYear }: RiskWatch, returns: number[], value: number): void {
  returns.push(value);
  if (returns.length > periodsPerYear) returns.shift();
}
