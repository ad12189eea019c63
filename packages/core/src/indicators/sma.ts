import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, nextAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import { build, NUMBERS, signature } from "./indicator.ts";

const kernel: Kernel<AnchoredSum> = {
  name: "sma",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: (params) => barsOf(params) - 1,
  settle: (params) => barsOf(params) - 1,
  create: (params, [grid]) => createAnchoredSum(params, grid),
  run(state, inputs, outputs, from, to, stamps) {
    runAnchoredSum(state, inputs[0]!, outputs[0]!, state.bars, from, to, stamps);
  },
  next: (state, stamp, value) => nextAnchoredSum(state, value, state.bars, stamp),
};

export const smaSignature = signature({
  name: "sma",
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
 * Simple moving average: the sum of the last `bars` values over `bars`. TA-Lib's `SMA`, without its drift: the sum is anchored at
 * fixed instants, so its bits do not depend on where the data begins.
 *
 * First valid: `bars - 1`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const trend = sma(bars.close, 200);
 */
export function sma<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
): Column<F64<U>, I, A> {
  return build(smaSignature, [column, bars]) as Column<F64<U>, I, A>;
}
