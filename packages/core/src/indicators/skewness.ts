import type { F64, Num } from "../schema/cell.ts";
import { f64 } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import { centralMoments } from "./central-moments.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { foldKernel } from "./window-rows.ts";

const kernel = foldKernel("skewness", 1, (ring, at, n) => {
  const { second, third } = centralMoments(ring, at, n);
  if (second === 0) return Number.NaN;
  const variance = second / n;
  return (Math.sqrt(n * (n - 1)) / (n - 2)) * (third / n / (variance * Math.sqrt(variance)));
});

export const skewnessSignature = signature({
  name: "skewness",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 3 },
  ],
  outputs: { value: { kind: "fixed", cell: f64 } },
  scope: "inputs",
  clocked: false,
});

/**
 * Skewness of the last `bars` values, corrected for the sample's size (Joanes and Gill 1998, "Comparing measures of sample skewness and
 * kurtosis", G1; that of pandas and of spreadsheets); NaN while all of them are equal.
 *
 * First valid: `bars - 1`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it. Costs grow with `bars`.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const tilt = skewness(returns(bars.close, 1), 60);
 */
export function skewness<I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num, I, A>,
  bars: Period<N>,
): Column<F64, I, A> {
  return build(skewnessSignature, [column, bars]) as Column<F64, I, A>;
}
