import type { ColumnArray, F64 } from "../schema/cell.ts";
import { price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Ohlcv } from "../schema/schema.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, signature } from "./indicator.ts";

/** Wilder's average of the true ranges of the finite bars. */
export interface Atr {
  readonly bars: number;
  /** Finite rows so far, counted up to `bars + 1`. */
  seen: number;
  /** The last finite close, and the average range (the sum of them before the seed). */
  readonly memory: Float64Array;
}

export function createAtr(bars: number): Atr {
  return { bars, seen: 0, memory: new Float64Array(2) };
}

export function runAtr(
  state: Atr,
  high: ColumnArray,
  low: ColumnArray,
  close: ColumnArray,
  output: ColumnArray,
  from: number,
  to: number,
): void {
  const { bars, memory } = state;
  let last = memory[0]!;
  let average = memory[1]!;
  let { seen } = state;
  for (let row = from; row < to; row++) {
    const now = close[row]!;
    const h = high[row]!;
    const l = low[row]!;
    const finite = h - l + now;
    if (finite - finite !== 0) {
      output[row] = Number.NaN;
      continue;
    }
    const range = Math.max(h - l, Math.abs(h - last), Math.abs(l - last));
    last = now;
    if (seen > bars) average = (average * (bars - 1) + range) / bars;
    else if (seen++ > 0) {
      average += range;
      if (seen > bars) average /= bars;
    }
    output[row] = seen > bars ? average : Number.NaN;
  }
  memory[0] = last;
  memory[1] = average;
  state.seen = seen;
}

const kernel: Kernel<Atr> = {
  name: "atr",
  version: 1,
  inputs: ["high", "low", "close"],
  outputs: ["value"],
  firstValid: barsOf,
  settle: (params) => barsOf(params) + rowsToForget(1 / barsOf(params)),
  create: (params) => createAtr(barsOf(params)),
  run(state, inputs, outputs, from, to) {
    runAtr(state, inputs[0]!, inputs[1]!, inputs[2]!, outputs[0]!, from, to);
  },
};

export const atrSignature = signature({
  name: "atr",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price, close: price } },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: price } },
  scope: "inputs",
  clocked: false,
});

/** The columns that range indicators need. */
export type HighLowClose = Pick<Ohlcv, "high" | "low" | "close">;

/**
 * Average true range: Wilder's average of `max(high - low, |high - last close|, |low - last close|)` (Wilder 1978, "New Concepts in
 * Technical Trading Systems", section III). Seeded with the mean of the first `bars` ranges that know a last close. TA-Lib's `ATR`.
 *
 * First valid: `bars`. Settles: when the seed weighs less than 1e-14, about `32 * bars` later. A bar with a NaN or infinity gives
 * NaN; the next range counts from the last finite close.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const range = atr(bars, 14);
 */
export function atr<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<HighLowClose, I, A>,
  bars: Period<N>,
): Column<F64<"price">, I, A> {
  return build(atrSignature, [panel, bars]) as Column<F64<"price">, I, A>;
}
