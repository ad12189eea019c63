import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { createSmoothing, gainOf, runSmoothing, type Smoothing } from "./smoothing.ts";

const kernel: Kernel<Smoothing> = {
  name: "ema",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: (params) => barsOf(params) - 1,
  settle: (params) => barsOf(params) - 1 + rowsToForget(gainOf(barsOf(params))),
  create: (params) => createSmoothing(barsOf(params), gainOf(barsOf(params))),
  run(state, inputs, outputs, from, to) {
    runSmoothing(state, inputs[0]!, outputs[0]!, from, to);
  },
};

export const emaSignature = signature({
  name: "ema",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "float-of", argument: "column" } },
  scope: "inputs",
  clocked: false,
});

/**
 * Exponential moving average: `e += (x - e) * 2 / (bars + 1)`, seeded with the mean of the first `bars` values. TA-Lib's `EMA`.
 *
 * First valid: `bars - 1`. Settles: when the seed weighs less than 1e-14, about `16 * bars` later. A NaN or infinity gives NaN on
 * its bar and leaves the average as it was.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const fast = ema(bars.close, 12);
 */
export function ema<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
): Column<F64<U>, I, A> {
  return build(emaSignature, [column, bars]) as Column<F64<U>, I, A>;
}
