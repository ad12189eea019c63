import { price } from "../schema/cell.ts";
import type { Ohlcv } from "../schema/schema.ts";
import type { Kernel } from "../strategy/kernel.ts";

/** The columns that candles need. */
export type Ohlc = Pick<Ohlcv, "open" | "high" | "low" | "close">;

export const CANDLE_COLUMNS = { open: price, high: price, low: price, close: price } as const;

/**
 * Open, high, low and close of the newest bar at 0 to 3, of the one before at 4 to 7, and of the one before that at 8 to 11; NaN where
 * there is none, so that every comparison with it is false.
 */
export type Candles = Float64Array;

/** The newest candle, and those before it. */
export const NEWEST = 0;
export const BEFORE = 4;
export const FIRST = 8;

/** 1 for a rising pattern, -1 for a falling one, 0 for none. */
export type Side = -1 | 0 | 1;

/** The kernel that judges the last `bars` candles. */
export function candleKernel(
  name: string,
  version: number,
  bars: 1 | 2 | 3,
  judge: (of: Candles) => Side,
): Kernel<Candles> {
  return {
    name,
    version,
    inputs: ["open", "high", "low", "close"],
    outputs: ["value"],
    firstValid: () => bars - 1,
    settle: () => bars - 1,
    create: () => new Float64Array(12).fill(Number.NaN),
    run(candles, inputs, outputs, from, to) {
      const output = outputs[0]!;
      for (let row = from; row < to; row++) {
        candles.copyWithin(BEFORE, NEWEST, FIRST);
        for (let column = 0; column < 4; column++) candles[column] = inputs[column]![row]!;
        output[row] = judge(candles);
      }
    },
  };
}

/** Close less open. */
export function bodyOf(of: Candles, at: number): number {
  return of[at + 3]! - of[at]!;
}

/** High less low. */
export function rangeOf(of: Candles, at: number): number {
  return of[at + 1]! - of[at + 2]!;
}

/** What lies above the body. */
export function upperShadowOf(of: Candles, at: number): number {
  return of[at + 1]! - Math.max(of[at]!, of[at + 3]!);
}

/** What lies below the body. */
export function lowerShadowOf(of: Candles, at: number): number {
  return Math.min(of[at]!, of[at + 3]!) - of[at + 2]!;
}
