import type { F64, Num } from "../schema/cell.ts";
import { percent } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { createRsi, type Rsi, runRsi } from "./rsi.ts";

const kernel: Kernel<Rsi> = {
  name: "cmo",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: barsOf,
  settle: (params) => barsOf(params) + rowsToForget(1 / barsOf(params)),
  create: (params) => createRsi(barsOf(params)),
  run(state, inputs, outputs, from, to) {
    runRsi(state, inputs[0]!, outputs[0]!, 1, from, to);
  },
};

export const cmoSignature = signature({
  name: "cmo",
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
 * Chande's momentum oscillator, -100 to 100: `100 * (g - l) / (g + l)`, with g and l Wilder's averages of gains and losses as in
 * {@link rsi} (Chande and Kroll 1994, "The New Technical Trader", who summed them). 0 for a price that has never moved. TA-Lib's `CMO`.
 *
 * First valid: `bars`. Settles: when the seeds weigh less than 1e-14, about `32 * bars` later. A NaN or infinity gives NaN on its bar; the
 * next change counts from the last finite value.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const strength = cmo(bars.close, 14);
 */
export function cmo<I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num, I, A>,
  bars: Period<N>,
): Column<F64<"percent">, I, A> {
  return build(cmoSignature, [column, bars]) as Column<F64<"percent">, I, A>;
}
