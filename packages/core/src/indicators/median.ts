import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { foldKernel, sortedWindow } from "./window-rows.ts";

const kernel = foldKernel("median", 1, (ring, at, bars) => medianOf(sortedWindow(ring, at, bars)));

/** The median of sorted values, NaN last. */
export function medianOf(sorted: Float64Array): number {
  const { length } = sorted;
  if (Number.isNaN(sorted[length - 1])) return Number.NaN;
  const middle = length >>> 1;
  return length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export const medianSignature = signature({
  name: "median",
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
 * Median of the last `bars` values: the middle one, or the mean of the two in the middle.
 *
 * First valid: `bars - 1`. Settles: there. A NaN is seen by exactly the windows that hold it. Costs grow with `bars`.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const level = median(bars.close, 21);
 */
export function median<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
): Column<F64<U>, I, A> {
  return build(medianSignature, [column, bars]) as Column<F64<U>, I, A>;
}
