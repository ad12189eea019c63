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
  name: "tema",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: (params) => 3 * (barsOf(params) - 1),
  settle: (params) => 3 * (barsOf(params) - 1 + rowsToForget(gainOf(barsOf(params)))),
  create: (params) => Array.from({ length: 3 }, () => createSmoothing(barsOf(params), gainOf(barsOf(params)))),
  run(stages, inputs, outputs, from, to, stamps) {
    const output = outputs[0]!;
    const once = scratchColumn(0, stamps);
    const twice = scratchColumn(1, stamps);
    const thrice = scratchColumn(2, stamps);
    runSmoothing(stages[0]!, inputs[0]!, once, from, to);
    runSmoothing(stages[1]!, once, twice, from, to);
    runSmoothing(stages[2]!, twice, thrice, from, to);
    for (let row = from; row < to; row++) output[row] = 3 * once[row]! - 3 * twice[row]! + thrice[row]!;
  },
};

export const temaSignature = signature({
  name: "tema",
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
 * Triple exponential moving average: `3 e - 3 ema(e) + ema(ema(e))` with `e = ema(x)` (Mulloy 1994, "Smoothing data with less
 * lag"). TA-Lib's `TEMA`.
 *
 * First valid: `3 * (bars - 1)`. Settles: when the seeds weigh less than 1e-14, about `48 * bars` later. A NaN or infinity gives NaN on its bar and is
 * left out otherwise.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const fast = tema(bars.close, 12);
 */
export function tema<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
): Column<F64<U>, I, A> {
  return build(temaSignature, [column, bars]) as Column<F64<U>, I, A>;
}
