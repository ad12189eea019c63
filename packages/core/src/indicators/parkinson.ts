import type { F64 } from "../schema/cell.ts";
import { fraction, price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Ohlcv } from "../schema/schema.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import { build, signature } from "./indicator.ts";
import { rangeVarianceKernel } from "./range-variance.ts";

const kernel = rangeVarianceKernel("parkinson", 1, ["high", "low"], (columns, row) => {
  const high = columns[0]![row]!;
  const low = columns[1]![row]!;
  const range = Math.log(high / low);
  return (range * range) / (4 * Math.LN2);
});

export const parkinsonSignature = signature({
  name: "parkinson",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price } },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: fraction } },
  scope: "inputs",
  clocked: true,
});

/**
 * Volatility from the range alone (Parkinson 1980, "The extreme value method for estimating the variance of the rate of return"): the root
 * of the mean of `ln(high / low)^2 / (4 ln 2)`. Blind to jumps between bars.
 *
 * First valid: `bars - 1`. Settles: there. Per bar, not
 * annualised: multiply by the root of the bars per year. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const risk = parkinson(bars, 20);
 */
export function parkinson<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<Pick<Ohlcv, "high" | "low">, I, A>,
  bars: Period<N>,
): Column<F64<"fraction">, I, A> {
  return build(parkinsonSignature, [panel, bars]) as Column<F64<"fraction">, I, A>;
}
