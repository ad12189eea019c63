import type { F64, I32 } from "../schema/cell.ts";
import { i32, price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { type Atr, createAtr, type HighLowClose, runAtr } from "./atr.ts";
import { build, signature } from "./indicator.ts";

interface State {
  readonly width: number;
  readonly atr: Atr;
  /** Upper band, lower band, the last close; 1 while rising, else -1. */
  readonly memory: Float64Array;
}

const kernel: Kernel<State> = {
  name: "supertrend",
  version: 1,
  inputs: ["high", "low", "close"],
  outputs: ["value", "direction"],
  firstValid: barsOf,
  settle: () => Number.POSITIVE_INFINITY,
  create: (params) => ({
    width: params["width"] as number,
    atr: createAtr(barsOf(params)),
    memory: Float64Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1),
  }),
  run({ width, atr, memory }, inputs, outputs, from, to) {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const value = outputs[0]!;
    const direction = outputs[1]!;
    runAtr(atr, high, low, close, value, from, to);
    let upper = memory[0]!;
    let lower = memory[1]!;
    let before = memory[2]!;
    let rising = memory[3]! > 0;
    for (let row = from; row < to; row++) {
      const range = value[row]!;
      if (Number.isNaN(range)) {
        direction[row] = 0;
        continue;
      }
      const middle = (high[row]! + low[row]!) / 2;
      const now = close[row]!;
      // A band only tightens, unless the close before lay beyond it.
      const above = middle + width * range;
      const below = middle - width * range;
      upper = above < upper || before > upper ? above : upper;
      lower = below > lower || before < lower ? below : lower;
      rising = rising ? now >= lower : now > upper;
      before = now;
      value[row] = rising ? lower : upper;
      direction[row] = rising ? 1 : -1;
    }
    memory[0] = upper;
    memory[1] = lower;
    memory[2] = before;
    memory[3] = rising ? 1 : -1;
  },
};

export const supertrendSignature = signature({
  name: "supertrend",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price, close: price } },
    { kind: "period", name: "bars", least: 1 },
    { kind: "number", name: "width", least: 0 },
  ],
  outputs: { value: { kind: "fixed", cell: price }, direction: { kind: "fixed", cell: i32 } },
  scope: "inputs",
  clocked: false,
});

/**
 * Supertrend (Seban): a stop that follows the price at `width` average true ranges ({@link atr}) from the bar's middle, below it while
 * `direction` is 1, above it while -1; 0 where there is none. It begins rising.
 *
 * First valid: `bars`. Settles: never, for the bands remember the last turn, whenever that was. A bar with a NaN or infinity is left out.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`, `strategy.invalid-number`
 * for a width below 0
 * @example
 * const { direction } = supertrend(bars, 10, 3);
 */
export function supertrend<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<HighLowClose, I, A>,
  bars: Period<N>,
  width: number,
): Panel<{ value: F64<"price">; direction: I32 }, I, A> {
  return build(supertrendSignature, [panel, bars, width]) as Panel<{ value: F64<"price">; direction: I32 }, I, A>;
}
