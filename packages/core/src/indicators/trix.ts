import type { F64, Num } from "../schema/cell.ts";
import { percent } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";
import { createSmoothing, gainOf, runSmoothing, type Smoothing } from "./smoothing.ts";

interface State {
  readonly stages: readonly Smoothing[];
  /** The last average that there was. */
  readonly last: Float64Array;
}

const kernel: Kernel<State> = {
  name: "trix",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: (params) => 3 * (barsOf(params) - 1) + 1,
  settle: (params) => 3 * (barsOf(params) - 1 + rowsToForget(gainOf(barsOf(params)))) + 1,
  create: (params) => ({
    stages: Array.from({ length: 3 }, () => createSmoothing(barsOf(params), gainOf(barsOf(params)))),
    last: Float64Array.of(Number.NaN),
  }),
  run({ stages, last }, inputs, outputs, from, to, stamps) {
    const output = outputs[0]!;
    const smooth = scratchColumn(0, stamps);
    runSmoothing(stages[0]!, inputs[0]!, smooth, from, to);
    runSmoothing(stages[1]!, smooth, smooth, from, to);
    runSmoothing(stages[2]!, smooth, smooth, from, to);
    let before = last[0]!;
    for (let row = from; row < to; row++) {
      const now = smooth[row]!;
      output[row] = before === 0 ? Number.NaN : 100 * (now / before - 1);
      if (now - now === 0) before = now;
    }
    last[0] = before;
  },
};

export const trixSignature = signature({
  name: "trix",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: percent } },
  scope: "inputs",
  clocked: false,
});

/**
 * Change of a triply smoothed average from bar to bar, in percent (Hutson 1983, "Good TRIX"). TA-Lib's `TRIX`. NaN from an average of 0.
 *
 * First valid: `3 * (bars - 1) + 1`. Settles: when the seeds weigh less than 1e-14, about `48 * bars` later. A NaN or infinity gives
 * NaN on its bar; the next change counts from the last finite one.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const drift = trix(bars.close, 15);
 */
export function trix<I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num, I, A>,
  bars: Period<N>,
): Column<F64<"percent">, I, A> {
  return build(trixSignature, [column, bars]) as Column<F64<"percent">, I, A>;
}
