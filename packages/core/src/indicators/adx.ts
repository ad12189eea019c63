import type { F64 } from "../schema/cell.ts";
import { percent, price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import type { HighLowClose } from "./atr.ts";
import { createDirectionalMovement, type DirectionalMovement, runDirectionalMovement } from "./directional-movement.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";
import { createSmoothing, runSmoothing, type Smoothing } from "./smoothing.ts";

interface State {
  readonly movement: DirectionalMovement;
  readonly smoothing: Smoothing;
}

const kernel: Kernel<State> = {
  name: "adx",
  version: 1,
  inputs: ["high", "low", "close"],
  outputs: ["value"],
  firstValid: (params) => 2 * barsOf(params) - 1,
  settle: (params) => 2 * barsOf(params) - 1 + 2 * rowsToForget(1 / barsOf(params)),
  create: (params) => ({
    movement: createDirectionalMovement(barsOf(params)),
    smoothing: createSmoothing(barsOf(params), 1 / barsOf(params)),
  }),
  run({ movement, smoothing }, inputs, outputs, from, to, stamps) {
    const dx = scratchColumn(2, stamps);
    runDirectionalMovement(movement, inputs, scratchColumn(0, stamps), scratchColumn(1, stamps), dx, from, to);
    runSmoothing(smoothing, dx, outputs[0]!, from, to);
  },
};

export const adxSignature = signature({
  name: "adx",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price, close: price } },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: percent } },
  scope: "inputs",
  clocked: false,
});

/**
 * Average directional index, 0 to 100: Wilder's average of `dx` of {@link directional} (Wilder 1978, "New Concepts in Technical Trading
 * Systems", section IV). TA-Lib's `ADX`.
 *
 * First valid: `2 * bars - 1`. Settles: when the seeds weigh less than 1e-14, about `64 * bars` later. A bar with a NaN or infinity gives
 * NaN and is left out otherwise.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const trending = adx(bars, 14);
 */
export function adx<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<HighLowClose, I, A>,
  bars: Period<N>,
): Column<F64<"percent">, I, A> {
  return build(adxSignature, [panel, bars]) as Column<F64<"percent">, I, A>;
}
