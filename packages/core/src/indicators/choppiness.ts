import type { F64 } from "../schema/cell.ts";
import { percent, price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { type AnchoredHighest, createAnchoredHighest, runAnchoredHighest } from "./anchored-highest.ts";
import { barsOf } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import type { HighLowClose } from "./atr.ts";
import { build, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";
import { runTrueRange } from "./true-range.ts";

interface State {
  readonly last: Float64Array;
  readonly highest: AnchoredHighest;
  readonly lowest: AnchoredHighest;
  readonly path: AnchoredSum;
}

const kernel: Kernel<State> = {
  name: "choppiness",
  version: 1,
  inputs: ["high", "low", "close"],
  outputs: ["value"],
  firstValid: barsOf,
  settle: barsOf,
  create: (params) => ({
    last: Float64Array.of(Number.NaN),
    highest: createAnchoredHighest(params, 1),
    lowest: createAnchoredHighest(params, -1),
    path: createAnchoredSum(params),
  }),
  run({ last, highest, lowest, path }, inputs, outputs, from, to, stamps) {
    const output = outputs[0]!;
    const top = scratchColumn(0, stamps);
    const bottom = scratchColumn(1, stamps);
    const ranges = scratchColumn(2, stamps);
    runTrueRange(last, inputs[0]!, inputs[1]!, inputs[2]!, ranges, from, to);
    runAnchoredSum(path, ranges, output, 1, from, to, stamps);
    runAnchoredHighest(highest, inputs[0]!, top, from, to, stamps);
    runAnchoredHighest(lowest, inputs[1]!, bottom, from, to, stamps);
    const scale = 100 / Math.log(path.bars);
    for (let row = from; row < to; row++) {
      const range = top[row]! - bottom[row]!;
      output[row] = range === 0 ? Number.NaN : scale * Math.log(output[row]! / range);
    }
  },
};

export const choppinessSignature = signature({
  name: "choppiness",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price, close: price } },
    { kind: "period", name: "bars", least: 2 },
  ],
  outputs: { value: { kind: "fixed", cell: percent } },
  scope: "inputs",
  clocked: true,
});

/**
 * Choppiness index (Dreiss 1993): `100 * log(sum of true ranges / (highest high - lowest low)) / log(bars)` of the last `bars`; near 100 the
 * market goes nowhere, near 0 straight; NaN where high and low are one.
 *
 * First valid: `bars`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const sideways = choppiness(bars, 14);
 */
export function choppiness<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<HighLowClose, I, A>,
  bars: Period<N>,
): Column<F64<"percent">, I, A> {
  return build(choppinessSignature, [panel, bars]) as Column<F64<"percent">, I, A>;
}
