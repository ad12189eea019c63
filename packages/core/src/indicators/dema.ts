import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";
import { createSmoothing, gainOf, runSmoothing, type Smoothing } from "./smoothing.ts";

const kernel: Kernel<readonly Smoothing[]> = {
  name: "dema",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: (params) => 2 * (barsOf(params) - 1),
  settle: (params) => 2 * (barsOf(params) - 1 + rowsToForget(gainOf(barsOf(params)))),
  create: (params) => Array.from({ length: 2 }, () => createSmoothing(barsOf(params), gainOf(barsOf(params)))),
  run(stages, inputs, outputs, from, to, stamps) {
    const output = outputs[0]!;
    const once = scratchColumn(0, stamps);
    const twice = scratchColumn(1, stamps);
    runSmoothing(stages[0]!, inputs[0]!, once, from, to);
    runSmoothing(stages[1]!, once, twice, from, to);
    for (let row = from; row < to; row++) output[row] = 2 * once[row]! - twice[row]!;
  },
};

export const demaSignature = signature({
  name: "dema",
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
 * Double exponential moving average: `2 e - ema(e)` with `e = ema(x)` (Mulloy 1994, "Smoothing data with faster moving averages").
 * TA-Lib's `DEMA`.
 *
 * First valid: `2 * (bars - 1)`. Settles: when the seeds weigh less than 1e-14, about `32 * bars` later. A NaN or infinity gives NaN on its bar and is
 * left out otherwise.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const fast = dema(bars.close, 12);
 */
export function dema<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
): Column<F64<U>, I, A> {
  return build(demaSignature, [column, bars]) as Column<F64<U>, I, A>;
}
