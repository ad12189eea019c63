import type { F64, Num } from "../schema/cell.ts";
import { f64, unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import { ageOfHighest } from "./age-of-highest.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { foldKernel } from "./window-rows.ts";

const kernel = foldKernel("barsSinceHighest", 1, (ring, at, bars) => ageOfHighest(ring, at, bars, 1));

export const barsSinceHighestSignature = signature({
  name: "barsSinceHighest",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: unit(f64, "bars") } },
  scope: "inputs",
  clocked: false,
});

/**
 * How many bars ago the greatest of the last `bars` values was, 0 for now; the newest of equal ones counts. (TA-Lib's `MAXINDEX` counts from the
 * start of the data.)
 *
 * First valid: `bars - 1`. Settles: there. A NaN is seen by exactly the windows that hold it. Costs grow with `bars`.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const stale = barsSinceHighest(bars.high, 250);
 */
export function barsSinceHighest<I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num, I, A>,
  bars: Period<N>,
): Column<F64<"bars">, I, A> {
  return build(barsSinceHighestSignature, [column, bars]) as Column<F64<"bars">, I, A>;
}
