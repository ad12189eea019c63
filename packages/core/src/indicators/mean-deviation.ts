import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { foldKernel } from "./window-rows.ts";

const kernel = foldKernel("meanDeviation", 1, (ring, at, bars) => {
  // Counted from the oldest value, so that equal values give exactly 0.
  const shift = ring[at]!;
  let mean = 0;
  for (let i = at; i < at + bars; i++) mean += ring[i]! - shift;
  mean /= bars;
  let deviation = 0;
  for (let i = at; i < at + bars; i++) deviation += Math.abs(ring[i]! - shift - mean);
  return deviation / bars;
});

export const meanDeviationSignature = signature({
  name: "meanDeviation",
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
 * Mean absolute deviation of the last `bars` values from their mean. TA-Lib's `AVGDEV`.
 *
 * First valid: `bars - 1`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it. Costs grow with `bars`.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const risk = meanDeviation(bars.close, 20);
 */
export function meanDeviation<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
): Column<F64<U>, I, A> {
  return build(meanDeviationSignature, [column, bars]) as Column<F64<U>, I, A>;
}
