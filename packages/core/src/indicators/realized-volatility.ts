import type { F64, Num } from "../schema/cell.ts";
import { fraction } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";

interface State {
  /** The value before. */
  readonly last: Float64Array;
  readonly sum: AnchoredSum;
}

const kernel: Kernel<State> = {
  name: "realizedVolatility",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: barsOf,
  settle: barsOf,
  create: (params) => ({
    last: Float64Array.of(Number.NaN),
    sum: createAnchoredSum(params),
  }),
  run({ last, sum }, inputs, outputs, from, to, stamps) {
    const input = inputs[0]!;
    const output = outputs[0]!;
    const changes = scratchColumn(0, stamps);
    let before = last[0]!;
    for (let row = from; row < to; row++) {
      const change = Math.log(input[row]! / before);
      changes[row] = change * change;
      before = input[row]!;
    }
    last[0] = before;
    runAnchoredSum(sum, changes, output, 1, from, to, stamps);
    for (let row = from; row < to; row++) output[row] = Math.sqrt(output[row]!);
  },
};

export const realizedVolatilitySignature = signature({
  name: "realizedVolatility",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: fraction } },
  scope: "inputs",
  clocked: true,
});

/**
 * Realized volatility of the whole window (Andersen and Bollerslev 1998, "Answering the skeptics"): the root of the sum of the squares of the
 * last `bars` logarithmic returns, whose mean is taken to be 0. NaN where a value is not above 0.
 *
 * First valid: `bars`. Settles: there. It is that of `bars` bars, not of one. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const day = realizedVolatility(minutes.close, 390);
 */
export function realizedVolatility<I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num, I, A>,
  bars: Period<N>,
): Column<F64<"fraction">, I, A> {
  return build(realizedVolatilitySignature, [column, bars]) as Column<F64<"fraction">, I, A>;
}
