import type { F64, Num, Unit } from "../schema/cell.ts";
import { fraction } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { type AnchoredTrend, createAnchoredTrend, runAnchoredTrend } from "./anchored-trend.ts";
import { build, NUMBERS, signature } from "./indicator.ts";

const kernel: Kernel<AnchoredTrend> = {
  name: "regression",
  version: 1,
  inputs: ["column"],
  outputs: ["value", "slope", "intercept", "forecast", "r2", "error"],
  firstValid: (params) => barsOf(params) - 1,
  settle: (params) => barsOf(params) - 1,
  create: createAnchoredTrend,
  run(state, inputs, outputs, from, to, stamps) {
    const value = outputs[0]!;
    const slope = outputs[1]!;
    const intercept = outputs[2]!;
    const forecast = outputs[3]!;
    const r2 = outputs[4]!;
    const error = outputs[5]!;
    const { bars } = state.rows;
    runAnchoredTrend(state, inputs[0]!, value, slope, error, from, to, stamps);
    const half = (bars - 1) / 2;
    const spread = (bars * (bars * bars - 1)) / 12;
    for (let row = from; row < to; row++) {
      const mean = value[row]!;
      const steep = slope[row]!;
      const squares = error[row]!;
      const explained = Math.min(squares, steep * steep * spread);
      value[row] = mean + half * steep;
      intercept[row] = mean - half * steep;
      forecast[row] = mean + (half + 1) * steep;
      r2[row] = squares === 0 ? Number.NaN : explained / squares;
      error[row] = Math.sqrt((squares - explained) / (bars - 2));
    }
  },
};

export const regressionSignature = signature({
  name: "regression",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 3 },
  ],
  outputs: {
    value: { kind: "float-of", argument: "column" },
    slope: { kind: "float-of", argument: "column" },
    intercept: { kind: "float-of", argument: "column" },
    forecast: { kind: "float-of", argument: "column" },
    r2: { kind: "fixed", cell: fraction },
    error: { kind: "float-of", argument: "column" },
  },
  scope: "inputs",
  clocked: true,
});

/**
 * The straight line of least squares through the last `bars` values: its `value` at the newest and its `intercept` at the oldest of them, its
 * `slope` per bar, its `forecast` of the next one, the share `r2` of the variance that it explains (NaN while all are equal), and the
 * standard `error` of what it leaves (divided by `bars - 2`). TA-Lib's `LINEARREG`, `LINEARREG_INTERCEPT`, `LINEARREG_SLOPE` and `TSF`.
 *
 * First valid: `bars - 1`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const { slope } = regression(bars.close, 20);
 */
export function regression<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
): Panel<
  { value: F64<U>; slope: F64<U>; intercept: F64<U>; forecast: F64<U>; r2: F64<"fraction">; error: F64<U> },
  I,
  A
> {
  return build(regressionSignature, [column, bars]) as Panel<
    { value: F64<U>; slope: F64<U>; intercept: F64<U>; forecast: F64<U>; r2: F64<"fraction">; error: F64<U> },
    I,
    A
  >;
}
