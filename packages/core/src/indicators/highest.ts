import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { type AnchoredHighest, createAnchoredHighest, runAnchoredHighest } from "./anchored-highest.ts";
import { barsOf } from "./anchored-rows.ts";
import { build, NUMBERS, signature } from "./indicator.ts";

const kernel: Kernel<AnchoredHighest> = {
  name: "highest",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: (params) => barsOf(params) - 1,
  settle: (params) => barsOf(params) - 1,
  create: (params) => createAnchoredHighest(params, 1),
  run(state, inputs, outputs, from, to, stamps) {
    runAnchoredHighest(state, inputs[0]!, outputs[0]!, from, to, stamps);
  },
};

export const highestSignature = signature({
  name: "highest",
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
 * Greatest of the last `bars` values, the newest included. TA-Lib's `MAX`.
 *
 * First valid: `bars - 1`. Settles: there. A NaN is seen by exactly the windows that hold it.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const breakout = above(bars.close, lag(highest(bars.high, 20), 1));
 */
export function highest<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
): Column<F64<U>, I, A> {
  return build(highestSignature, [column, bars]) as Column<F64<U>, I, A>;
}
