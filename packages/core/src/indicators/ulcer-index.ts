import type { F64, Num } from "../schema/cell.ts";
import { percent } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { type AnchoredHighest, createAnchoredHighest, runAnchoredHighest } from "./anchored-highest.ts";
import { barsOf } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";

interface State {
  readonly highest: AnchoredHighest;
  readonly sum: AnchoredSum;
}

const kernel: Kernel<State> = {
  name: "ulcerIndex",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: (params) => 2 * (barsOf(params) - 1),
  settle: (params) => 2 * (barsOf(params) - 1),
  create: (params) => ({ highest: createAnchoredHighest(params, 1), sum: createAnchoredSum(params) }),
  run({ highest, sum }, inputs, outputs, from, to, stamps) {
    const input = inputs[0]!;
    const output = outputs[0]!;
    const squares = scratchColumn(0, stamps);
    runAnchoredHighest(highest, input, squares, from, to, stamps);
    for (let row = from; row < to; row++) {
      const fall = 100 * ((input[row]! - squares[row]!) / squares[row]!);
      squares[row] = fall * fall;
    }
    runAnchoredSum(sum, squares, output, sum.bars, from, to, stamps);
    for (let row = from; row < to; row++) output[row] = Math.sqrt(output[row]!);
  },
};

export const ulcerIndexSignature = signature({
  name: "ulcerIndex",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: percent } },
  scope: "inputs",
  clocked: true,
});

/**
 * Ulcer index (Martin and McCann 1989, "The Investor's Guide to Fidelity Funds"): the root of the mean over `bars` of the squared fall, in
 * percent, from the highest of the last `bars` values.
 *
 * First valid: `2 * (bars - 1)`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const pain = ulcerIndex(bars.close, 14);
 */
export function ulcerIndex<I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num, I, A>,
  bars: Period<N>,
): Column<F64<"percent">, I, A> {
  return build(ulcerIndexSignature, [column, bars]) as Column<F64<"percent">, I, A>;
}
