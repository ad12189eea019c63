import type { F64 } from "../schema/cell.ts";
import { f64, price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import type { HighLowClose } from "./atr.ts";
import { build, signature } from "./indicator.ts";
import { createWindowRows, pushRow, type WindowRows } from "./window-rows.ts";

const kernel: Kernel<WindowRows> = {
  name: "cci",
  version: 1,
  inputs: ["high", "low", "close"],
  outputs: ["value"],
  firstValid: (params) => barsOf(params) - 1,
  settle: (params) => barsOf(params) - 1,
  create: (params) => createWindowRows(barsOf(params)),
  run(rows, inputs, outputs, from, to) {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const output = outputs[0]!;
    const { bars, ring } = rows;
    for (let row = from; row < to; row++) {
      const at = pushRow(rows, (high[row]! + low[row]! + close[row]!) / 3);
      if (at < 0) {
        output[row] = Number.NaN;
        continue;
      }
      // Counted from the oldest value, so that equal prices deviate by exactly 0.
      const shift = ring[at]!;
      let mean = 0;
      for (let i = 0; i < bars; i++) mean += ring[at + i]! - shift;
      mean /= bars;
      let deviation = 0;
      for (let i = 0; i < bars; i++) deviation += Math.abs(ring[at + i]! - shift - mean);
      const distance = ring[at + bars - 1]! - shift - mean;
      output[row] = deviation === 0 ? 0 : distance / (0.015 * (deviation / bars));
    }
  },
};

export const cciSignature = signature({
  name: "cci",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price, close: price } },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: f64 } },
  scope: "inputs",
  clocked: false,
});

/**
 * Commodity channel index (Lambert 1980): the typical price `(high + low + close) / 3` less its mean over `bars`, in units of 0.015 mean
 * absolute deviations; 0 where there is no deviation. TA-Lib's `CCI`.
 *
 * First valid: `bars - 1`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const stretch = cci(bars, 20);
 */
export function cci<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<HighLowClose, I, A>,
  bars: Period<N>,
): Column<F64, I, A> {
  return build(cciSignature, [panel, bars]) as Column<F64, I, A>;
}
