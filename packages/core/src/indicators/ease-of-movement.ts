import type { F64 } from "../schema/cell.ts";
import { f64, price, quantity } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Ohlcv } from "../schema/schema.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import { build, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";

interface State {
  /** The middle of the bar before. */
  readonly last: Float64Array;
  readonly sum: AnchoredSum;
}

const kernel: Kernel<State> = {
  name: "easeOfMovement",
  version: 1,
  inputs: ["high", "low", "volume"],
  outputs: ["value"],
  firstValid: barsOf,
  settle: barsOf,
  create: (params) => ({
    last: Float64Array.of(Number.NaN),
    sum: createAnchoredSum(params),
  }),
  run({ last, sum }, inputs, outputs, from, to, stamps) {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const volume = inputs[2]!;
    const eases = scratchColumn(0, stamps);
    let before = last[0]!;
    for (let row = from; row < to; row++) {
      const middle = (high[row]! + low[row]!) / 2;
      const traded = volume[row]!;
      eases[row] = traded === 0 ? Number.NaN : ((middle - before) * (high[row]! - low[row]!)) / traded;
      before = middle;
    }
    last[0] = before;
    runAnchoredSum(sum, eases, outputs[0]!, sum.bars, from, to, stamps);
  },
};

export const easeOfMovementSignature = signature({
  name: "easeOfMovement",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price, volume: quantity } },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: f64 } },
  scope: "inputs",
  clocked: true,
});

/**
 * Ease of movement (Arms): the mean over `bars` of the change of the bar's middle times `(high - low) / volume`, without the usual factor for
 * readable figures; NaN while a bar without volume is in the window.
 *
 * First valid: `bars`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const ease = easeOfMovement(bars, 14);
 */
export function easeOfMovement<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<Pick<Ohlcv, "high" | "low" | "volume">, I, A>,
  bars: Period<N>,
): Column<F64, I, A> {
  return build(easeOfMovementSignature, [panel, bars]) as Column<F64, I, A>;
}
