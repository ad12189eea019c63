import { upperBound } from "../../data/sorted.ts";
import type { Feed, FeedStep } from "./feed.ts";
import { endedBetween, type PlainPanels, rowsBetween } from "./rows.ts";

export interface ReplayFeedOptions {
  /** The whole of what is released, from the history on. */
  readonly panels: PlainPanels;
  /** Stamps that are released, ascending: what else the panels have comes with the next of them. */
  readonly clock: Float64Array;
  /** What the runner has already: only bars that end later come. */
  readonly after: number;
  /** Bars up to it, inclusive. Default: all. */
  readonly until?: number;
  /** How many times faster than the bars once came; infinite: as fast as they are taken. */
  readonly speed: number;
  /** Resolves after so many milliseconds, or at once when the signal is aborted. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds of any clock that only goes forward. */
  readonly elapsed: () => number;
}

/** At full speed, so many bars of the clock come at once. */
const BATCH = 256;

/** Recorded bars, released one by one on a clock of their own: it is the time of the bar that came last. */
export function createReplayFeed(options: ReplayFeedOptions): Feed {
  const { panels, speed, wait, elapsed, until = Number.POSITIVE_INFINITY } = options;
  const whole = options.clock;
  const clock = whole.subarray(0, upperBound(whole, until));
  const closing = new AbortController();
  let at = upperBound(clock, options.after);
  let after = options.after;
  let began: { readonly stamp: number; readonly time: number } | undefined;

  const due = async (): Promise<number> => {
    if (speed === Number.POSITIVE_INFINITY) return Math.min(at + BATCH, clock.length);
    began ??= { stamp: clock[at]!, time: elapsed() };
    const early = (clock[at]! - began.stamp) / speed - (elapsed() - began.time);
    if (early > 0) await wait(early, closing.signal);
    const now = began.stamp + (elapsed() - began.time) * speed;
    return Math.min(Math.max(at + 1, upperBound(clock, now)), at + BATCH);
  };

  return {
    kind: "replay",
    async next(): Promise<FeedStep | undefined> {
      if (closing.signal.aborted || at >= clock.length) return undefined;
      const end = await due();
      if (closing.signal.aborted) return undefined;
      const to = clock[end - 1]!;
      const step = {
        rows: rowsBetween(panels, after, to),
        ended: endedBetween(panels, after, to),
        to,
        bars: end - at,
        now: to,
      };
      after = to;
      at = end;
      return step;
    },
    close: async () => closing.abort(),
  };
}
