import type { ColumnArray, F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { type AnchoredTrend, createAnchoredTrend, runAnchoredTrend } from "./anchored-trend.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";

const kernel: Kernel<AnchoredTrend> = {
  name: "wma",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: (params) => barsOf(params) - 1,
  settle: (params) => barsOf(params) - 1,
  create: createAnchoredTrend,
  run(state, inputs, outputs, from, to, stamps) {
    runWma(state, inputs[0]!, outputs[0]!, from, to, stamps);
  },
};

/** The weighted average of the last `bars` rows; works in the scratch columns 0 and 1. */
export function runWma(
  state: AnchoredTrend,
  values: ColumnArray,
  output: ColumnArray,
  from: number,
  to: number,
  stamps: Float64Array,
): void {
  const slope = scratchColumn(0, stamps);
  runAnchoredTrend(state, values, output, slope, scratchColumn(1, stamps), from, to, stamps);
  // Its weights are a line through the window, so it lies on the line of least squares, two thirds of the way to the newest row.
  const ahead = (state.rows.bars - 1) / 6;
  for (let row = from; row < to; row++) output[row] = output[row]! + ahead * slope[row]!;
}

export const wmaSignature = signature({
  name: "wma",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "float-of", argument: "column" } },
  scope: "inputs",
  clocked: true,
});

/**
 * Weighted moving average: the newest of the last `bars` values counts `bars` times, the one before it `bars - 1` times, the oldest
 * once. TA-Lib's `WMA`, without its drift.
 *
 * First valid: `bars - 1`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const trend = wma(bars.close, 30);
 */
export function wma<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
): Column<F64<U>, I, A> {
  return build(wmaSignature, [column, bars]) as Column<F64<U>, I, A>;
}
