import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";
import { createSmoothing, gainOf, runSmoothing, type Smoothing } from "./smoothing.ts";

interface State {
  readonly volume: number;
  readonly stages: readonly Smoothing[];
}

const kernel: Kernel<State> = {
  name: "t3",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: (params) => 6 * (barsOf(params) - 1),
  settle: (params) => 6 * (barsOf(params) - 1 + rowsToForget(gainOf(barsOf(params)))),
  create: (params) => ({
    volume: params["volume"] as number,
    stages: Array.from({ length: 6 }, () => createSmoothing(barsOf(params), gainOf(barsOf(params)))),
  }),
  run({ volume: v, stages }, inputs, outputs, from, to, stamps) {
    const output = outputs[0]!;
    let values = inputs[0]!;
    for (const [at, stage] of stages.entries()) {
      const smooth = scratchColumn(at, stamps);
      runSmoothing(stage, values, smooth, from, to);
      values = smooth;
    }
    const third = scratchColumn(2, stamps);
    const fourth = scratchColumn(3, stamps);
    const fifth = scratchColumn(4, stamps);
    const sixth = scratchColumn(5, stamps);
    const c6 = -v * v * v;
    const c5 = 3 * v * v * (1 + v);
    const c4 = -3 * v * (1 + v) * (1 + v);
    const c3 = (1 + v) * (1 + v) * (1 + v);
    for (let row = from; row < to; row++)
      output[row] = c6 * sixth[row]! + c5 * fifth[row]! + c4 * fourth[row]! + c3 * third[row]!;
  },
};

export const t3Signature = signature({
  name: "t3",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 1 },
    { kind: "number", name: "volume", least: 0 },
  ],
  outputs: { value: { kind: "float-of", argument: "column" } },
  scope: "inputs",
  clocked: false,
});

/**
 * Tillson's T3: the average `(1 + v) ema(x) - v ema(ema(x))`, applied three times over (Tillson 1998, "Smoothing techniques for more
 * accurate signals"). `volume` is usually 0.7; 0 gives the triple average alone. TA-Lib's `T3`.
 *
 * First valid: `6 * (bars - 1)`. Settles: when the seeds weigh less than 1e-14, about `96 * bars` later. A NaN or infinity gives NaN on its bar and is
 * left out otherwise.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`, `strategy.invalid-number` for a volume below 0
 * @example
 * const trend = t3(bars.close, 5, 0.7);
 */
export function t3<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
  volume: number,
): Column<F64<U>, I, A> {
  return build(t3Signature, [column, bars, volume]) as Column<F64<U>, I, A>;
}
