import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf, paramsFor } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";

interface State {
  readonly first: AnchoredSum;
  readonly second: AnchoredSum;
}

const kernel: Kernel<State> = {
  name: "trima",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: (params) => barsOf(params) - 1,
  settle: (params) => barsOf(params) - 1,
  create: (params, [grid]) => ({
    first: createAnchoredSum(paramsFor(Math.ceil(barsOf(params) / 2), params), grid),
    second: createAnchoredSum(paramsFor(Math.floor(barsOf(params) / 2) + 1, params)),
  }),
  run({ first, second }, inputs, outputs, from, to, stamps) {
    const means = scratchColumn(0, stamps);
    runAnchoredSum(first, inputs[0]!, means, first.bars, from, to, stamps);
    runAnchoredSum(second, means, outputs[0]!, second.bars, from, to, stamps);
  },
};

export const trimaSignature = signature({
  name: "trima",
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
 * Triangular moving average: the mean of means, so that weights rise to the middle of the last `bars` values and fall again.
 * TA-Lib's `TRIMA`.
 *
 * First valid: `bars - 1`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const trend = trima(bars.close, 30);
 */
export function trima<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
): Column<F64<U>, I, A> {
  return build(trimaSignature, [column, bars]) as Column<F64<U>, I, A>;
}
