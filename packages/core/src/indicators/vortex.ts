import type { F64 } from "../schema/cell.ts";
import { fraction, price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import type { HighLowClose } from "./atr.ts";
import { build, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";
import { runTrueRange } from "./true-range.ts";

interface State {
  /** High and low of the bar before. */
  readonly last: Float64Array;
  readonly lastClose: Float64Array;
  readonly plus: AnchoredSum;
  readonly minus: AnchoredSum;
  readonly range: AnchoredSum;
}

const kernel: Kernel<State> = {
  name: "vortex",
  version: 1,
  inputs: ["high", "low", "close"],
  outputs: ["plus", "minus"],
  firstValid: barsOf,
  settle: barsOf,
  create: (params) => ({
    last: new Float64Array(2).fill(Number.NaN),
    lastClose: Float64Array.of(Number.NaN),
    plus: createAnchoredSum(params),
    minus: createAnchoredSum(params),
    range: createAnchoredSum(params),
  }),
  run({ last, lastClose, plus, minus, range }, inputs, outputs, from, to, stamps) {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const ups = scratchColumn(0, stamps);
    const downs = scratchColumn(1, stamps);
    const ranges = scratchColumn(2, stamps);
    const whole = scratchColumn(3, stamps);
    let lastHigh = last[0]!;
    let lastLow = last[1]!;
    for (let row = from; row < to; row++) {
      ups[row] = Math.abs(high[row]! - lastLow);
      downs[row] = Math.abs(low[row]! - lastHigh);
      lastHigh = high[row]!;
      lastLow = low[row]!;
    }
    last[0] = lastHigh;
    last[1] = lastLow;
    runTrueRange(lastClose, high, low, inputs[2]!, ranges, from, to);
    runAnchoredSum(plus, ups, outputs[0]!, 1, from, to, stamps);
    runAnchoredSum(minus, downs, outputs[1]!, 1, from, to, stamps);
    runAnchoredSum(range, ranges, whole, 1, from, to, stamps);
    for (let row = from; row < to; row++)
      for (const output of outputs) output[row] = whole[row] === 0 ? Number.NaN : output[row]! / whole[row]!;
  },
};

export const vortexSignature = signature({
  name: "vortex",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price, close: price } },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { plus: { kind: "fixed", cell: fraction }, minus: { kind: "fixed", cell: fraction } },
  scope: "inputs",
  clocked: true,
});

/**
 * Vortex indicator (Botes and Siepman 2010): the sums over `bars` of `|high - last low|` and of `|low - last high|`, over that of the true
 * range; NaN where there is no range.
 *
 * First valid: `bars`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const { plus, minus } = vortex(bars, 14);
 */
export function vortex<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<HighLowClose, I, A>,
  bars: Period<N>,
): Panel<{ plus: F64<"fraction">; minus: F64<"fraction"> }, I, A> {
  return build(vortexSignature, [panel, bars]) as Panel<{ plus: F64<"fraction">; minus: F64<"fraction"> }, I, A>;
}
