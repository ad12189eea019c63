import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel, KernelParams } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { createWindowRows, pushRow, type WindowRows } from "./window-rows.ts";

interface State {
  readonly rows: WindowRows;
  /** By age, the oldest first; they sum to 1. */
  readonly weights: Float64Array;
}

const kernel: Kernel<State> = {
  name: "alma",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: (params) => barsOf(params) - 1,
  settle: (params) => barsOf(params) - 1,
  create: (params) => ({ rows: createWindowRows(barsOf(params)), weights: weightsOf(params) }),
  run({ rows, weights }, inputs, outputs, from, to) {
    const input = inputs[0]!;
    const output = outputs[0]!;
    const { bars, ring } = rows;
    for (let row = from; row < to; row++) {
      const at = pushRow(rows, input[row]!);
      let sum = at < 0 ? Number.NaN : 0;
      for (let i = 0; at >= 0 && i < bars; i++) sum += weights[i]! * ring[at + i]!;
      output[row] = sum;
    }
  },
};

function weightsOf(params: KernelParams): Float64Array {
  const bars = barsOf(params);
  const middle = (params["offset"] as number) * (bars - 1);
  const width = bars / (params["sigma"] as number);
  const weights = Float64Array.from({ length: bars }, (_, i) => Math.exp(-((i - middle) ** 2) / (2 * width * width)));
  const total = weights.reduce((sum, weight) => sum + weight);
  return weights.map((weight) => weight / total);
}

export const almaSignature = signature({
  name: "alma",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 1 },
    { kind: "number", name: "offset", least: 0, most: 1 },
    { kind: "number", name: "sigma", above: 0 },
  ],
  outputs: { value: { kind: "float-of", argument: "column" } },
  scope: "inputs",
  clocked: false,
});

/**
 * Arnaud Legoux moving average: Gaussian weights around the place `offset * (bars - 1)` of the window (1 is the newest value), with a
 * deviation of `bars / sigma` (Legoux and Kouzis-Loukas 2009). Usually an offset of 0.85 and a sigma of 6.
 *
 * First valid: `bars - 1`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`, `strategy.invalid-number` for an offset outside 0 to 1 or a sigma not above 0
 * @example
 * const trend = alma(bars.close, 9, 0.85, 6);
 */
export function alma<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
  offset: number,
  sigma: number,
): Column<F64<U>, I, A> {
  return build(almaSignature, [column, bars, offset, sigma]) as Column<F64<U>, I, A>;
}
