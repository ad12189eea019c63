import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { medianOf } from "./median.ts";
import { ascend, foldKernel, sortedWindow } from "./window-rows.ts";

const kernel = foldKernel("mad", 1, (ring, at, bars) => {
  const values = sortedWindow(ring, at, bars);
  const middle = medianOf(values);
  for (let i = 0; i < bars; i++) values[i] = Math.abs(values[i]! - middle);
  return medianOf(ascend(values));
});

export const madSignature = signature({
  name: "mad",
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
 * Median absolute deviation from the median of the last `bars` values (Hampel 1974), unscaled: times 1.4826 it estimates the standard
 * deviation of normal data.
 *
 * First valid: `bars - 1`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it. Costs grow with `bars`.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const risk = mad(returns(bars.close, 1), 60);
 */
export function mad<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
): Column<F64<U>, I, A> {
  return build(madSignature, [column, bars]) as Column<F64<U>, I, A>;
}
