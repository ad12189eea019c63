import type { F64 } from "../schema/cell.ts";
import { price, quantity } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Ohlcv } from "../schema/schema.ts";
import type { Column, Panel, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { build, signature } from "./indicator.ts";

const kernel: Kernel<Float64Array> = {
  name: "obv",
  version: 1,
  inputs: ["close", "volume"],
  outputs: ["value"],
  firstValid: () => 0,
  settle: () => Number.POSITIVE_INFINITY,
  create: () => Float64Array.of(Number.NaN, 0),
  run(memory, inputs, outputs, from, to) {
    const close = inputs[0]!;
    const volume = inputs[1]!;
    const output = outputs[0]!;
    let before = memory[0]!;
    let sum = memory[1]!;
    for (let row = from; row < to; row++) {
      const price = close[row]!;
      const amount = volume[row]!;
      const finite = price + amount;
      if (finite - finite !== 0) {
        output[row] = Number.NaN;
        continue;
      }
      if (Number.isNaN(before) || price > before) sum += amount;
      else if (price < before) sum -= amount;
      before = price;
      output[row] = sum;
    }
    memory[0] = before;
    memory[1] = sum;
  },
};

export const obvSignature = signature({
  name: "obv",
  kernel: { kind: "kernel", of: kernel },
  arguments: [{ kind: "panel", name: "panel", columns: { close: price, volume: quantity } }],
  outputs: { value: { kind: "fixed", cell: quantity } },
  scope: "inputs",
  clocked: false,
});

/**
 * On-balance volume (Granville 1963): the sum of the volumes of bars that closed higher, less those that closed lower; it begins with the
 * first volume. TA-Lib's `OBV`.
 *
 * First valid: 0. Settles: never, for it sums from the first bar: only its changes mean something. A bar with a NaN or infinity gives NaN
 * and is left out.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`
 * @example
 * const confirmed = crossOver(obv(bars), ema(obv(bars), 20));
 */
export function obv<I extends Interval, A extends Scope>(
  panel: Panel<Pick<Ohlcv, "close" | "volume">, I, A>,
): Column<F64<"quantity">, I, A> {
  return build(obvSignature, [panel]) as Column<F64<"quantity">, I, A>;
}
