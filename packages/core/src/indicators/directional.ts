import type { F64 } from "../schema/cell.ts";
import { percent, price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import type { HighLowClose } from "./atr.ts";
import { createDirectionalMovement, type DirectionalMovement, runDirectionalMovement } from "./directional-movement.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, signature } from "./indicator.ts";

const kernel: Kernel<DirectionalMovement> = {
  name: "directional",
  version: 1,
  inputs: ["high", "low", "close"],
  outputs: ["plus", "minus", "dx"],
  firstValid: barsOf,
  settle: (params) => barsOf(params) + rowsToForget(1 / barsOf(params)),
  create: (params) => createDirectionalMovement(barsOf(params)),
  run(state, inputs, outputs, from, to) {
    runDirectionalMovement(state, inputs, outputs[0]!, outputs[1]!, outputs[2]!, from, to);
  },
};

export const directionalSignature = signature({
  name: "directional",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price, close: price } },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: {
    plus: { kind: "fixed", cell: percent },
    minus: { kind: "fixed", cell: percent },
    dx: { kind: "fixed", cell: percent },
  },
  scope: "inputs",
  clocked: false,
});

/**
 * Directional movement, 0 to 100 (Wilder 1978, "New Concepts in Technical Trading Systems", section IV): `plus` and `minus`, the smoothed
 * upward and downward movement in percent of the smoothed true range, and `dx`, the size of their difference in percent of their sum.
 * 0 where there is no range or no movement. TA-Lib's `PLUS_DI`, `MINUS_DI` and `DX`.
 *
 * First valid: `bars`. Settles: when the seeds weigh less than 1e-14, about `32 * bars` later. A bar with a NaN or infinity gives NaN;
 * the next movement counts from the last finite bar.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const { plus, minus } = directional(bars, 14);
 */
export function directional<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<HighLowClose, I, A>,
  bars: Period<N>,
): Panel<{ plus: F64<"percent">; minus: F64<"percent">; dx: F64<"percent"> }, I, A> {
  return build(directionalSignature, [panel, bars]) as Panel<
    { plus: F64<"percent">; minus: F64<"percent">; dx: F64<"percent"> },
    I,
    A
  >;
}
