import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel, KernelParams } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";
import { createSmoothing, gainOf, runSmoothing, type Smoothing } from "./smoothing.ts";
import { createWindowRows, pushRow, type WindowRows } from "./window-rows.ts";

interface State {
  readonly rows: WindowRows;
  readonly smoothing: Smoothing;
}

const kernel: Kernel<State> = {
  name: "zlema",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: (params) => barsOf(params) - 1 + lagOf(params),
  settle: (params) => barsOf(params) - 1 + lagOf(params) + rowsToForget(gainOf(barsOf(params))),
  create: (params) => ({
    rows: createWindowRows(lagOf(params) + 1),
    smoothing: createSmoothing(barsOf(params), gainOf(barsOf(params))),
  }),
  run({ rows, smoothing }, inputs, outputs, from, to, stamps) {
    const input = inputs[0]!;
    const ahead = scratchColumn(0, stamps);
    for (let row = from; row < to; row++) {
      const x = input[row]!;
      const at = x - x === 0 ? pushRow(rows, x) : -1;
      ahead[row] = at < 0 ? Number.NaN : 2 * x - rows.ring[at]!;
    }
    runSmoothing(smoothing, ahead, outputs[0]!, from, to);
  },
};

function lagOf(params: KernelParams): number {
  return Math.floor((barsOf(params) - 1) / 2);
}

export const zlemaSignature = signature({
  name: "zlema",
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
 * Zero-lag exponential moving average: the average of `2 x - x[lag ago]`, with `lag` half of `bars - 1`, rounded down (Ehlers and Way
 * 2010, "Zero lag (well, almost)").
 *
 * First valid: `bars - 1 + lag`. Settles: when the seed weighs less than 1e-14, about `16 * bars` later. A NaN or infinity gives NaN on its bar and is
 * left out otherwise.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const fast = zlema(bars.close, 20);
 */
export function zlema<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
): Column<F64<U>, I, A> {
  return build(zlemaSignature, [column, bars]) as Column<F64<U>, I, A>;
}
