import type { F64 } from "../schema/cell.ts";
import { percent, price, quantity } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Ohlcv } from "../schema/schema.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import { build, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";

interface State {
  /** The typical price before. */
  readonly last: Float64Array;
  readonly positive: AnchoredSum;
  readonly negative: AnchoredSum;
}

const kernel: Kernel<State> = {
  name: "mfi",
  version: 1,
  inputs: ["high", "low", "close", "volume"],
  outputs: ["value"],
  firstValid: barsOf,
  settle: barsOf,
  create: (params) => ({
    last: Float64Array.of(Number.NaN),
    positive: createAnchoredSum(params),
    negative: createAnchoredSum(params),
  }),
  run({ last, positive, negative }, inputs, outputs, from, to, stamps) {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const volume = inputs[3]!;
    const output = outputs[0]!;
    const ups = scratchColumn(0, stamps);
    const downs = scratchColumn(1, stamps);
    let before = last[0]!;
    for (let row = from; row < to; row++) {
      const typical = (high[row]! + low[row]! + close[row]!) / 3;
      const flow = typical * volume[row]!;
      const change = typical - before;
      // What is no number has to stay none in both sums.
      const none = 0 * (change + flow);
      ups[row] = change > 0 ? flow : none;
      downs[row] = change < 0 ? flow : none;
      before = typical;
    }
    last[0] = before;
    runAnchoredSum(positive, ups, output, 1, from, to, stamps);
    runAnchoredSum(negative, downs, ups, 1, from, to, stamps);
    for (let row = from; row < to; row++) {
      const all = output[row]! + ups[row]!;
      output[row] = all === 0 ? 0 : 100 * (output[row]! / all);
    }
  },
};

export const mfiSignature = signature({
  name: "mfi",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price, close: price, volume: quantity } },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: percent } },
  scope: "inputs",
  clocked: true,
});

/**
 * Money flow index, 0 to 100 (Quong and Soudack 1989): of the money `typical price * volume` of the last `bars` changes of the typical
 * price, the share in percent that flowed while it rose; 0 where nothing flowed. TA-Lib's `MFI`.
 *
 * First valid: `bars`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const flow = mfi(bars, 14);
 */
export function mfi<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<Pick<Ohlcv, "high" | "low" | "close" | "volume">, I, A>,
  bars: Period<N>,
): Column<F64<"percent">, I, A> {
  return build(mfiSignature, [panel, bars]) as Column<F64<"percent">, I, A>;
}
