import type { F64, Num } from "../schema/cell.ts";
import { f64 } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { type AnchoredMoments, createAnchoredMoments, runAnchoredMoments } from "./anchored-moments.ts";
import { barsOf } from "./anchored-rows.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";

const kernel: Kernel<AnchoredMoments> = {
  name: "zscore",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: (params) => barsOf(params) - 1,
  settle: (params) => barsOf(params) - 1,
  create: createAnchoredMoments,
  run(moments, inputs, outputs, from, to, stamps) {
    const output = outputs[0]!;
    const squared = scratchColumn(0, stamps);
    runAnchoredMoments(moments, inputs[0]!, output, squared, from, to, stamps);
    const freedom = moments.rows.bars - 1;
    for (let row = from; row < to; row++) {
      const deviations = Math.sqrt(squared[row]! / freedom);
      output[row] = deviations === 0 ? Number.NaN : output[row]! / deviations;
    }
  },
};

export const zscoreSignature = signature({
  name: "zscore",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 2 },
  ],
  outputs: { value: { kind: "fixed", cell: f64 } },
  scope: "inputs",
  clocked: true,
});

/**
 * The newest value's distance from the mean of the last `bars`, itself included, in sample standard deviations (as
 * {@link stddev}); NaN while all of them are equal.
 *
 * First valid: `bars - 1`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const stretch = zscore(spread.log, 60);
 */
export function zscore<I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num, I, A>,
  bars: Period<N>,
): Column<F64, I, A> {
  return build(zscoreSignature, [column, bars]) as Column<F64, I, A>;
}
