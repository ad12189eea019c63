import type { F64 } from "../schema/cell.ts";
import { price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import type { HighLowClose } from "./atr.ts";
import { build, signature } from "./indicator.ts";

const kernel: Kernel<undefined> = {
  name: "typicalPrice",
  version: 1,
  inputs: ["high", "low", "close"],
  outputs: ["value"],
  firstValid: () => 0,
  settle: () => 0,
  create: () => undefined,
  run(_state, inputs, outputs, from, to) {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const close = inputs[2]!;
    const output = outputs[0]!;
    for (let row = from; row < to; row++) output[row] = (high[row]! + low[row]! + close[row]!) / 3;
  },
};

export const typicalPriceSignature = signature({
  name: "typicalPrice",
  kernel: { kind: "kernel", of: kernel },
  arguments: [{ kind: "panel", name: "panel", columns: { high: price, low: price, close: price } }],
  outputs: { value: { kind: "fixed", cell: price } },
  scope: "inputs",
  clocked: false,
});

/**
 * Typical price of a bar: `(high + low + close) / 3`. TA-Lib's `TYPPRICE`.
 *
 * First valid: 0. Settles: there.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`
 * @example
 * const fair = vwap(typicalPrice(bars), bars.volume, 20);
 */
export function typicalPrice<I extends Interval, A extends Scope>(
  panel: Panel<HighLowClose, I, A>,
): Column<F64<"price">, I, A> {
  return build(typicalPriceSignature, [panel]) as Column<F64<"price">, I, A>;
}
