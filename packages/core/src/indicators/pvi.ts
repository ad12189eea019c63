import type { F64 } from "../schema/cell.ts";
import { f64, price, quantity } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Ohlcv } from "../schema/schema.ts";
import type { Column, Panel, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { build, signature } from "./indicator.ts";

const kernel: Kernel<Float64Array> = {
  name: "pvi",
  version: 1,
  inputs: ["close", "volume"],
  outputs: ["value"],
  firstValid: () => 0,
  settle: () => Number.POSITIVE_INFINITY,
  create: () => Float64Array.of(Number.NaN, Number.NaN, 1),
  run(memory, inputs, outputs, from, to) {
    const close = inputs[0]!;
    const volume = inputs[1]!;
    const output = outputs[0]!;
    let lastClose = memory[0]!;
    let lastVolume = memory[1]!;
    let index = memory[2]!;
    for (let row = from; row < to; row++) {
      const ratio = close[row]! / lastClose;
      const finite = close[row]! + volume[row]!;
      if (finite - finite !== 0) {
        output[row] = Number.NaN;
        continue;
      }
      // A close of 0 has no ratio to the next one, and would be the end of the index.
      if (volume[row]! > lastVolume && ratio > 0 && ratio < Number.POSITIVE_INFINITY) index *= ratio;
      lastClose = close[row]!;
      lastVolume = volume[row]!;
      output[row] = index;
    }
    memory[0] = lastClose;
    memory[1] = lastVolume;
    memory[2] = index;
  },
};

export const pviSignature = signature({
  name: "pvi",
  kernel: { kind: "kernel", of: kernel },
  arguments: [{ kind: "panel", name: "panel", columns: { close: price, volume: quantity } }],
  outputs: { value: { kind: "fixed", cell: f64 } },
  scope: "inputs",
  clocked: false,
});

/**
 * Positive volume index (Dysart; Fosback 1976, "Stock Market Logic"): 1 at first, times the relative close of every bar whose volume rose.
 *
 * First valid: 0. Settles: never, for it multiplies from the first bar: only its changes mean something. A bar with a NaN or infinity gives
 * NaN and is left out; a change from or to a price that is not above 0 is too.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`
 * @example
 * const quiet = returns(pvi(bars), 255);
 */
export function pvi<I extends Interval, A extends Scope>(
  panel: Panel<Pick<Ohlcv, "close" | "volume">, I, A>,
): Column<F64, I, A> {
  return build(pviSignature, [panel]) as Column<F64, I, A>;
}
