import type { Calendar } from "../data/calendar/calendar.ts";
import { upperBound } from "../data/sorted.ts";
import { type Interval, isCalendarInterval } from "../schema/interval.ts";
import type { BacktestResult } from "./result.ts";

/** Equity once per evaluation period. */
export interface SampledSessions {
  /** What a period is: a session (`"1d"`), or the bar of a price stream that is longer. Annualise by it. */
  readonly period: Interval;
  /** Ends of the periods, ms UTC. */
  readonly times: Float64Array;
  /** One more than `times`: first the starting equity, then that at the end of each period. */
  readonly equity: Float64Array;
  /** Simple net returns, one per period. At the period of ruin it is -1 or less, and the last. */
  readonly returns: Float64Array;
  /** Sum of absolute positions over equity at each period's end. */
  readonly exposure: Float64Array;
  /** The account was at or below zero within the last period: nothing was traded after it. */
  readonly ruined: boolean;
}

/**
 * A run at the frequency of evaluation: the last equity of each session of the calendar that has a bar (`24x7` and `observed`: UTC
 * days), or every bar of a `1d`, `1w`, `1mo` price stream. It begins with the equity at the first decision bar; what is left of that session is
 * the first period, and none if that bar ends it. A last session whose end no bar reaches is left out, for it may go on.
 */
export function sampleSessions(result: BacktestResult, calendar: Calendar): SampledSessions {
  const whole = isCalendarInterval(result.interval);
  const stamps = result.times;
  const ends: number[] = [];
  const samples: number[] = [];
  for (let i = 0; i < stamps.length; ) {
    const end = whole ? stamps[i]! : calendar.barEnd("1d", stamps[i]!);
    const last = whole ? i : Math.max(i, upperBound(stamps, end) - 1);
    const ruin = result.ruined !== undefined && result.ruined <= stamps[last]!;
    const complete = stamps[last] === end || last + 1 < stamps.length || ruin;
    if (last > 0 && complete) {
      ends.push(end);
      samples.push(last);
    }
    if (ruin) break;
    i = last + 1;
  }
  const equity = new Float64Array(stamps.length === 0 ? 0 : samples.length + 1);
  const returns = new Float64Array(samples.length);
  const exposure = new Float64Array(samples.length);
  if (equity.length > 0) equity[0] = result.equity[0]!;
  for (let k = 0; k < samples.length; k++) {
    equity[k + 1] = result.equity[samples[k]!]!;
    returns[k] = equity[k + 1]! / equity[k]! - 1;
    exposure[k] = result.exposure[samples[k]!]!;
  }
  return {
    period: whole ? result.interval : "1d",
    times: Float64Array.from(ends),
    equity,
    returns,
    exposure,
    ruined: result.ruined !== undefined,
  };
}
