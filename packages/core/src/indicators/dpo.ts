import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel, KernelParams } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";
import { blankWarmUp, type WarmUp } from "./warm-up.ts";
import { createWindowRows, pushRow, type WindowRows } from "./window-rows.ts";

interface State {
  readonly sum: AnchoredSum;
  readonly rows: WindowRows;
  readonly warmUp: WarmUp;
}

const kernel: Kernel<State> = {
  name: "dpo",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: firstValid,
  settle: firstValid,
  create: (params, [grid]) => ({
    sum: createAnchoredSum(params, grid),
    rows: createWindowRows(backOf(params) + 1),
    warmUp: { left: firstValid(params) },
  }),
  run({ sum, rows, warmUp }, inputs, outputs, from, to, stamps) {
    const input = inputs[0]!;
    const output = outputs[0]!;
    const mean = scratchColumn(0, stamps);
    runAnchoredSum(sum, input, mean, sum.bars, from, to, stamps);
    for (let row = from; row < to; row++) {
      const at = pushRow(rows, input[row]!);
      output[row] = at < 0 ? Number.NaN : rows.ring[at]! - mean[row]!;
    }
    blankWarmUp(warmUp, outputs, from, to);
  },
};

function backOf(params: KernelParams): number {
  return Math.floor(barsOf(params) / 2) + 1;
}

function firstValid(params: KernelParams): number {
  return Math.max(barsOf(params) - 1, backOf(params));
}

export const dpoSignature = signature({
  name: "dpo",
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
 * Detrended price oscillator: the value of `bars / 2 + 1` bars ago, rounded down, less the mean of the last `bars` values. It shows the
 * cycle of half a window ago; nothing in it looks ahead.
 *
 * First valid: `bars - 1`, or `bars / 2 + 1` for fewer than four. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const cycle = dpo(bars.close, 20);
 */
export function dpo<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
): Column<F64<U>, I, A> {
  return build(dpoSignature, [column, bars]) as Column<F64<U>, I, A>;
}
