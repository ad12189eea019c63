import type { F64 } from "../schema/cell.ts";
import { price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { type Atr, createAtr, type HighLowClose, runAtr } from "./atr.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";
import { createSmoothing, gainOf, runSmoothing, type Smoothing } from "./smoothing.ts";

interface State {
  readonly width: number;
  readonly smoothing: Smoothing;
  readonly atr: Atr;
}

const kernel: Kernel<State> = {
  name: "keltner",
  version: 1,
  inputs: ["high", "low", "close"],
  outputs: ["mid", "upper", "lower"],
  firstValid: barsOf,
  settle: (params) => barsOf(params) + rowsToForget(1 / barsOf(params)),
  create: (params) => ({
    width: params["width"] as number,
    smoothing: createSmoothing(barsOf(params), gainOf(barsOf(params))),
    atr: createAtr(barsOf(params)),
  }),
  run({ width, smoothing, atr }, inputs, outputs, from, to, stamps) {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const mid = outputs[0]!;
    const upper = outputs[1]!;
    const lower = outputs[2]!;
    const closes = scratchColumn(0, stamps);
    // One row counts for both averages, or for neither.
    for (let row = from; row < to; row++) closes[row] = close[row]! + 0 * (high[row]! - low[row]!);
    runSmoothing(smoothing, closes, mid, from, to);
    runAtr(atr, high, low, close, lower, from, to);
    for (let row = from; row < to; row++) {
      const distance = width * lower[row]!;
      upper[row] = mid[row]! + distance;
      lower[row] = mid[row]! - distance;
      if (Number.isNaN(distance)) mid[row] = Number.NaN;
    }
  },
};

export const keltnerSignature = signature({
  name: "keltner",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price, close: price } },
    { kind: "period", name: "bars", least: 1 },
    { kind: "number", name: "width", least: 0 },
  ],
  outputs: {
    mid: { kind: "fixed", cell: price },
    upper: { kind: "fixed", cell: price },
    lower: { kind: "fixed", cell: price },
  },
  scope: "inputs",
  clocked: false,
});

/**
 * Keltner channel as Raschke draws it: the exponential average of the close over `bars`, and `width` average true ranges ({@link atr}) on
 * either side.
 *
 * First valid: `bars`. Settles: when the seeds weigh less than 1e-14, about `32 * bars` later. A bar with a NaN or infinity gives NaN
 * and is left out otherwise.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`, `strategy.invalid-number`
 * for a width below 0
 * @example
 * const { upper } = keltner(bars, 20, 2);
 */
export function keltner<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<HighLowClose, I, A>,
  bars: Period<N>,
  width: number,
): Panel<{ mid: F64<"price">; upper: F64<"price">; lower: F64<"price"> }, I, A> {
  return build(keltnerSignature, [panel, bars, width]) as Panel<
    { mid: F64<"price">; upper: F64<"price">; lower: F64<"price"> },
    I,
    A
  >;
}
