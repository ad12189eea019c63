import type { F64 } from "../schema/cell.ts";
import { f64, price, quantity } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Ohlcv } from "../schema/schema.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, signature } from "./indicator.ts";
import { createSmoothing, gainOf, runSmoothing, type Smoothing } from "./smoothing.ts";

interface State {
  /** The last close of a finite bar. */
  readonly last: Float64Array;
  readonly smoothing: Smoothing;
}

const kernel: Kernel<State> = {
  name: "forceIndex",
  version: 1,
  inputs: ["close", "volume"],
  outputs: ["value"],
  firstValid: barsOf,
  settle: (params) => barsOf(params) + rowsToForget(gainOf(barsOf(params))),
  create: (params) => ({
    last: Float64Array.of(Number.NaN),
    smoothing: createSmoothing(barsOf(params), gainOf(barsOf(params))),
  }),
  run({ last, smoothing }, inputs, outputs, from, to) {
    const close = inputs[0]!;
    const volume = inputs[1]!;
    const output = outputs[0]!;
    let before = last[0]!;
    for (let row = from; row < to; row++) {
      const force = (close[row]! - before) * volume[row]!;
      output[row] = force;
      const finite = close[row]! + volume[row]!;
      if (finite - finite === 0) before = close[row]!;
    }
    last[0] = before;
    runSmoothing(smoothing, output, output, from, to);
  },
};

export const forceIndexSignature = signature({
  name: "forceIndex",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { close: price, volume: quantity } },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: f64 } },
  scope: "inputs",
  clocked: false,
});

/**
 * Force index (Elder 1993, "Trading for a Living"): the exponential average over `bars` of `(close - last close) * volume`.
 *
 * First valid: `bars`. Settles: when the seed weighs less than 1e-14, about `16 * bars` later. A bar with a NaN or infinity gives NaN; the
 * next change counts from the last finite bar.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const push = forceIndex(bars, 13);
 */
export function forceIndex<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<Pick<Ohlcv, "close" | "volume">, I, A>,
  bars: Period<N>,
): Column<F64, I, A> {
  return build(forceIndexSignature, [panel, bars]) as Column<F64, I, A>;
}
