import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { createSmoothing, runSmoothing, type Smoothing } from "./smoothing.ts";

const kernel: Kernel<Smoothing> = {
  name: "rma",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: (params) => barsOf(params) - 1,
  settle: (params) => barsOf(params) - 1 + rowsToForget(1 / barsOf(params)),
  create: (params) => createSmoothing(barsOf(params), 1 / barsOf(params)),
  run(state, inputs, outputs, from, to) {
    runSmoothing(state, inputs[0]!, outputs[0]!, from, to);
  },
};

export const rmaSignature = signature({
  name: "rma",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "float-of", argument: "column" } },
  scope: "inputs",
  clocked: false,
});

/**
 * Wilder's moving average: `a += (x - a) / bars`, seeded with the mean of the first `bars` values (Wilder 1978, "New Concepts in
 * Technical Trading Systems"): the average inside of {@link rsi} and {@link atr}, and that of an {@link ema} over `2 * bars - 1`.
 *
 * First valid: `bars - 1`. Settles: when the seed weighs less than 1e-14, about `32 * bars` later. A NaN or infinity gives NaN on its bar and is
 * left out otherwise.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const typicalVolume = rma(bars.volume, 20);
 */
export function rma<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
): Column<F64<U>, I, A> {
  return build(rmaSignature, [column, bars]) as Column<F64<U>, I, A>;
}
