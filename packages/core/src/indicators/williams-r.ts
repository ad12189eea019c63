import type { F64 } from "../schema/cell.ts";
import { percent, price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { type AnchoredHighest, createAnchoredHighest, runAnchoredHighest } from "./anchored-highest.ts";
import { barsOf } from "./anchored-rows.ts";
import type { HighLowClose } from "./atr.ts";
import { build, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";

interface State {
  readonly highest: AnchoredHighest;
  readonly lowest: AnchoredHighest;
}

const kernel: Kernel<State> = {
  name: "williamsR",
  version: 1,
  inputs: ["high", "low", "close"],
  outputs: ["value"],
  firstValid: (params) => barsOf(params) - 1,
  settle: (params) => barsOf(params) - 1,
  create: (params) => ({
    highest: createAnchoredHighest(params, 1),
    lowest: createAnchoredHighest(params, -1),
  }),
  run({ highest, lowest }, inputs, outputs, from, to, stamps) {
    const close = inputs[2]!;
    const output = outputs[0]!;
    const bottom = scratchColumn(0, stamps);
    runAnchoredHighest(highest, inputs[0]!, output, from, to, stamps);
    runAnchoredHighest(lowest, inputs[1]!, bottom, from, to, stamps);
    for (let row = from; row < to; row++) {
      const range = output[row]! - bottom[row]!;
      output[row] = range === 0 ? 0 * close[row]! : -100 * ((output[row]! - close[row]!) / range);
    }
  },
};

export const williamsRSignature = signature({
  name: "williamsR",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price, close: price } },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: percent } },
  scope: "inputs",
  clocked: true,
});

/**
 * Williams' %R, -100 to 0 (Williams 1973): how far the close lies below the highest high of the last `bars`, in percent of their
 * range; 0 where high and low are one. TA-Lib's `WILLR`.
 *
 * First valid: `bars - 1`. Settles: there. A NaN high or low is seen by exactly the windows that hold it, a NaN
 * close by its own bar.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const oversold = williamsR(bars, 14);
 */
export function williamsR<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<HighLowClose, I, A>,
  bars: Period<N>,
): Column<F64<"percent">, I, A> {
  return build(williamsRSignature, [panel, bars]) as Column<F64<"percent">, I, A>;
}
