import type { F64 } from "../schema/cell.ts";
import { percent, price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Ohlcv } from "../schema/schema.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, signature } from "./indicator.ts";
import { createSmoothing, gainOf, runSmoothing, type Smoothing } from "./smoothing.ts";
import { createWindowRows, pushRow, type WindowRows } from "./window-rows.ts";

interface State {
  readonly smoothing: Smoothing;
  /** The averages of the last finite bars. */
  readonly rows: WindowRows;
}

const kernel: Kernel<State> = {
  name: "chaikinVolatility",
  version: 1,
  inputs: ["high", "low"],
  outputs: ["value"],
  firstValid: (params) => barsOf(params) - 1 + (params["change"] as number),
  settle: (params) => barsOf(params) - 1 + (params["change"] as number) + rowsToForget(gainOf(barsOf(params))),
  create: (params) => ({
    smoothing: createSmoothing(barsOf(params), gainOf(barsOf(params))),
    rows: createWindowRows((params["change"] as number) + 1),
  }),
  run({ smoothing, rows }, inputs, outputs, from, to) {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const output = outputs[0]!;
    for (let row = from; row < to; row++) output[row] = high[row]! - low[row]!;
    runSmoothing(smoothing, output, output, from, to);
    for (let row = from; row < to; row++) {
      const now = output[row]!;
      const at = now - now === 0 ? pushRow(rows, now) : -1;
      const base = at < 0 ? 0 : rows.ring[at]!;
      output[row] = base === 0 ? Number.NaN : 100 * ((now - base) / base);
    }
  },
};

export const chaikinVolatilitySignature = signature({
  name: "chaikinVolatility",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price } },
    { kind: "period", name: "bars", least: 1 },
    { kind: "period", name: "change", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: percent } },
  scope: "inputs",
  clocked: false,
});

/**
 * Chaikin's volatility: the change over `change` bars, in percent, of the exponential average of `high - low` over `bars`; NaN from an average
 * of 0.
 *
 * First valid: `bars - 1 + change`. Settles: when the seed weighs less than 1e-14, about `16 * bars` later. A NaN or infinity gives NaN on its bar and is
 * left out otherwise.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const widening = chaikinVolatility(bars, 10, 10);
 */
export function chaikinVolatility<I extends Interval, A extends Scope, const N extends number, const M extends number>(
  panel: Panel<Pick<Ohlcv, "high" | "low">, I, A>,
  bars: Period<N>,
  change: Period<M>,
): Column<F64<"percent">, I, A> {
  return build(chaikinVolatilitySignature, [panel, bars, change]) as Column<F64<"percent">, I, A>;
}
