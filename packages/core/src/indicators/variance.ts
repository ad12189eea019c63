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
  name: "variance",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: (params) => barsOf(params) - 1,
  settle: (params) => barsOf(params) - 1,
  create: createAnchoredMoments,
  run(moments, inputs, outputs, from, to, stamps) {
    const output = outputs[0]!;
    runAnchoredMoments(moments, inputs[0]!, scratchColumn(0, stamps), output, from, to, stamps);
    const freedom = moments.rows.bars - 1;
    for (let row = from; row < to; row++) output[row] = output[row]! / freedom;
  },
};

export const varianceSignature = signature({
  name: "variance",
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
 * Sample variance of the last `bars` values: the square of {@link stddev}, divided by `bars - 1`.
 *
 * First valid: `bars - 1`. Settles: there. Equal values give exactly 0. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const risk = variance(returns(bars.close, 1), 20);
 */
export function variance<I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num, I, A>,
  bars: Period<N>,
): Column<F64, I, A> {
  return build(varianceSignature, [column, bars]) as Column<F64, I, A>;
}
