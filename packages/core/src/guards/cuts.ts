import type { Panel } from "../data/panel.ts";
import { upperBound } from "../data/sorted.ts";
import { uniteStamps } from "../engine/timeline.ts";

/** How many instants a run is cut at. */
const CUTS = 3;

/** Ends of the bars that a run could decide on: those of its prices from the first decision on. */
export function decidedBars({ series }: Pick<Panel, "series">, firstDecision: number): Float64Array {
  const clock = uniteStamps(series.map(({ stamps }) => stamps));
  const before = upperBound(clock, firstDecision) - 1;
  return clock.subarray(Math.max(0, before));
}

/**
 * The instants up to which a run is read and computed again: near 1/4, 1/2 and 3/4 of the bars that were decided on. Where exactly
 * follows from the content, so that equal runs are cut alike and no author can know the bars beforehand.
 *
 * @param times ends of the decided bars, ascending, ms UTC
 * @param seed hexadecimal, for example the dataset's commit
 * @returns ascending, without repeats; fewer than three, or none, where the run is too short to be cut
 */
export function chooseCuts(times: Float64Array, seed: string): readonly number[] {
  const room = Math.floor(times.length / (4 * (CUTS + 1)));
  const cuts = new Set<number>();
  for (let k = 1; k <= CUTS; k++) {
    const jitter = room === 0 ? 0 : Number.parseInt(seed.slice(8 * (k - 1), 8 * k), 16) % room;
    const at = Math.floor((times.length * k) / (CUTS + 1)) + jitter;
    // The last bar has no future that could be hidden.
    if (at < times.length - 1) cuts.add(times[at]!);
  }
  return [...cuts];
}
