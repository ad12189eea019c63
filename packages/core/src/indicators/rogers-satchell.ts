import type { F64 } from "../schema/cell.ts";
import { fraction } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import { CANDLE_COLUMNS, type Ohlc } from "./candle.ts";
import { build, signature } from "./indicator.ts";
import { rangeVarianceKernel } from "./range-variance.ts";

const kernel = rangeVarianceKernel("rogersSatchell", 1, ["open", "high", "low", "close"], (columns, row) => {
  const open = columns[0]![row]!;
  const high = columns[1]![row]!;
  const low = columns[2]![row]!;
  const close = columns[3]![row]!;
  return Math.log(high / close) * Math.log(high / open) + Math.log(low / close) * Math.log(low / open);
});

export const rogersSatchellSignature = signature({
  name: "rogersSatchell",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: CANDLE_COLUMNS },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: fraction } },
  scope: "inputs",
  clocked: true,
});

/**
 * Volatility that no trend disturbs (Rogers and Satchell 1991, "Estimating variance from high, low and closing prices"): the root of the mean
 * of `ln(high / close) ln(high / open) + ln(low / close) ln(low / open)`. Blind to jumps between bars.
 *
 * First valid: `bars - 1`. Settles: there. Per bar, not
 * annualised: multiply by the root of the bars per year. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const risk = rogersSatchell(bars, 20);
 */
export function rogersSatchell<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<Ohlc, I, A>,
  bars: Period<N>,
): Column<F64<"fraction">, I, A> {
  return build(rogersSatchellSignature, [panel, bars]) as Column<F64<"fraction">, I, A>;
}
