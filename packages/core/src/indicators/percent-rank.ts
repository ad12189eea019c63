import type { F64, Num } from "../schema/cell.ts";
import { fraction } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { foldKernel } from "./window-rows.ts";

const kernel = foldKernel("percentRank", 1, (ring, at, bars) => {
  const newest = ring[at + bars - 1]!;
  let below = 0;
  let equal = 0;
  for (let i = at; i < at + bars - 1; i++) {
    const x = ring[i]!;
    if (Number.isNaN(x)) return Number.NaN;
    if (x < newest) below++;
    else if (x === newest) equal++;
  }
  return Number.isNaN(newest) ? Number.NaN : (below + equal / 2) / (bars - 1);
});

export const percentRankSignature = signature({
  name: "percentRank",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 2 },
  ],
  outputs: { value: { kind: "fixed", cell: fraction } },
  scope: "inputs",
  clocked: false,
});

/**
 * Where the newest value ranks among the last `bars`, 0 (lowest) to 1 (highest); ties share the mean of their ranks, as in `cross.rank`.
 *
 * First valid: `bars - 1`. Settles: there. A NaN is seen by exactly the windows that hold it. Costs grow with `bars`.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const stretched = percentRank(natr(bars, 14), 250);
 */
export function percentRank<I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num, I, A>,
  bars: Period<N>,
): Column<F64<"fraction">, I, A> {
  return build(percentRankSignature, [column, bars]) as Column<F64<"fraction">, I, A>;
}
