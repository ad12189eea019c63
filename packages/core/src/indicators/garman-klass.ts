import type { F64 } from "../schema/cell.ts";
import { fraction } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import { CANDLE_COLUMNS, type Ohlc } from "./candle.ts";
import { build, signature } from "./indicator.ts";
import { rangeVarianceKernel } from "./range-variance.ts";

const kernel = rangeVarianceKernel("garmanKlass", 1, ["open", "high", "low", "close"], (columns, row) => {
  const open = columns[0]![row]!;
  const high = columns[1]![row]!;
  const low = columns[2]![row]!;
  const close = columns[3]![row]!;
  const range = Math.log(high / low);
  const move = Math.log(close / open);
  return 0.5 * range * range - (2 * Math.LN2 - 1) * move * move;
});

export const garmanKlassSignature = signature({
  name: "garmanKlass",
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
 * Volatility from open, high, low and close (Garman and Klass 1980, "On the estimation of security price volatilities from historical data",
 * the practical estimator): the root of the mean of `ln(high / low)^2 / 2 - (2 ln 2 - 1) ln(close / open)^2`. Blind to jumps between bars.
 *
 * First valid: `bars - 1`. Settles: there. Per bar, not
 * annualised: multiply by the root of the bars per year. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const risk = garmanKlass(bars, 20);
 */
export function garmanKlass<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<Ohlc, I, A>,
  bars: Period<N>,
): Column<F64<"fraction">, I, A> {
  return build(garmanKlassSignature, [panel, bars]) as Column<F64<"fraction">, I, A>;
}
