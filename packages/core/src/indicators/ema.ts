import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, NUMBERS, signature } from "./indicator.ts";

interface State {
  readonly bars: number;
  readonly gain: number;
  seen: number;
  /** [0] is the sum of the first `bars` values, then the average. */
  readonly average: Float64Array;
}

const kernel: Kernel<State> = {
  name: "ema",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: (params) => barsOf(params) - 1,
  settle: (params) => barsOf(params) - 1 + rowsToForget(gainOf(barsOf(params))),
  create: (params) => ({
    bars: barsOf(params),
    gain: gainOf(barsOf(params)),
    seen: 0,
    average: new Float64Array(1),
  }),
  run(state, inputs, outputs, from, to) {
    const { bars, gain } = state;
    const input = inputs[0]!;
    const output = outputs[0]!;
    let average = state.average[0]!;
    let { seen } = state;
    for (let row = from; row < to; row++) {
      const x = input[row]!;
      if (x - x !== 0) output[row] = Number.NaN;
      else if (seen < bars) {
        average += x;
        if (++seen === bars) average /= bars;
        output[row] = seen === bars ? average : Number.NaN;
      } else {
        average += (x - average) * gain;
        output[row] = average;
      }
    }
    state.average[0] = average;
    state.seen = seen;
  },
};

function gainOf(bars: number): number {
  return 2 / (bars + 1);
}

export const emaSignature = signature({
  name: "ema",
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
 * Exponential moving average: `e += (x - e) * 2 / (bars + 1)`, seeded with the mean of the first `bars` values. TA-Lib's `EMA`.
 *
 * First valid: `bars - 1`. Settles: when the seed weighs less than 1e-14, about `16 * bars` later. A NaN or infinity gives NaN on
 * its bar and leaves the average as it was.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const fast = ema(bars.close, 12);
 */
export function ema<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
): Column<F64<U>, I, A> {
  return build(emaSignature, [column, bars]) as Column<F64<U>, I, A>;
}
