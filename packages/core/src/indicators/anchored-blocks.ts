import { intervalLength, requireInterval } from "../schema/interval.ts";
import type { KernelParams } from "../strategy/kernel.ts";

/**
 * Windows without drift. Time is cut into blocks of `bars` x interval, counted from 1970, so that their borders (anchors) are a
 * function of the stamps and never of where the data begins. A window ending in a block is what lies before the block's first
 * row, aggregated once per block from right to left, plus what lies in it, aggregated from left to right. Nothing is ever
 * subtracted: a value leaves no trace after its window, a NaN or infinity is seen by exactly the windows that hold it, and a
 * run that starts later gives the same bits from its first full window on.
 *
 * Where stamps are closer than the interval, a block may hold more than `bars` rows; such rows are aggregated afresh from their
 * window alone, from left to right, which is also what a run that starts inside the block does for its first full window.
 */
export function blockSpan(params: KernelParams): number {
  return barsOf(params) * intervalLength(requireInterval(params["interval"]));
}

export function barsOf(params: KernelParams): number {
  return params["bars"] as number;
}

/** The first instant after the block that holds `stamp`. */
export function blockEnd(stamp: number, span: number): number {
  return (Math.floor(stamp / span) + 1) * span;
}
