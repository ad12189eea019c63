import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { foldKernel, sortedWindow } from "./window-rows.ts";

const kernel = foldKernel("quantile", 1, (ring, at, bars, params) => {
  const sorted = sortedWindow(ring, at, bars);
  return Number.isNaN(sorted[bars - 1]) ? Number.NaN : quantileOf(sorted, bars, params["share"] as number);
});

/** The quantile of the first `count` of sorted values. */
export function quantileOf(sorted: Float64Array, count: number, share: number): number {
  const place = share * (count - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  return below === place ? low : low + (place - below) * (sorted[below + 1]! - low);
}

export const quantileSignature = signature({
  name: "quantile",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 1 },
    { kind: "number", name: "share", least: 0, most: 1 },
  ],
  outputs: { value: { kind: "float-of", argument: "column" } },
  scope: "inputs",
  clocked: false,
});

/**
 * The value below which a `share` (0 to 1) of the last `bars` values lies, interpolated between neighbours (Hyndman and Fan 1996, "Sample
 * quantiles in statistical packages", type 7; numpy's default).
 *
 * First valid: `bars - 1`. Settles: there. A NaN is seen by exactly the windows that hold it. Costs grow with `bars`.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`, `strategy.invalid-number` for a share outside 0 to 1
 * @example
 * const floor = quantile(returns(bars.close, 1), 250, 0.05);
 */
export function quantile<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
  share: number,
): Column<F64<U>, I, A> {
  return build(quantileSignature, [column, bars, share]) as Column<F64<U>, I, A>;
}
