import type { AddedRows } from "../../data/panel.ts";

/** Bars that have come in, as far as every stream is complete. */
export interface FeedStep {
  /** By index of the stream's node: rows that follow those of the step before. */
  readonly rows: ReadonlyMap<number, AddedRows>;
  /** Symbols whose last bar it has, where that is known. */
  readonly ended: readonly string[];
  /** All streams are complete up to it, ms UTC. */
  readonly to: number;
  /** Stamps of the clock in it: none where only rates of a currency have come. */
  readonly bars: number;
  /** What time it is where the bars come from, ms UTC. */
  readonly now: number;
}

/** Where a runner's bars come from after its history. */
export interface Feed {
  readonly kind: "live" | "replay";
  /** The next bars; undefined when there are no more, or when it was closed. */
  next(): Promise<FeedStep | undefined>;
  close(): Promise<void>;
}
