import type { F64 } from "../schema/cell.ts";
import { price, quantity } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Ohlcv } from "../schema/schema.ts";
import type { Column, Panel, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { build, signature } from "./indicator.ts";

const kernel: Kernel<Float64Array> = {
  name: "vpt",
  version: 1,
  inputs: ["close", "volume"],
  outputs: ["value"],
  firstValid: () => 1,
  settle: () => Number.POSITIVE_INFINITY,
  create: () => Float64Array.of(Number.NaN, 0),
  run(memory, inputs, outputs, from, to) {
    const close = inputs[0]!;
    const volume = inputs[1]!;
    const output = outputs[0]!;
    let before = memory[0]!;
    let sum = memory[1]!;
    for (let row = from; row < to; row++) {
      const flow = volume[row]! * ((close[row]! - before) / before);
      if (flow - flow === 0) sum += flow;
      output[row] = flow - flow === 0 ? sum : Number.NaN;
      const finite = close[row]! + volume[row]!;
      if (finite - finite === 0) before = close[row]!;
    }
    memory[0] = before;
    memory[1] = sum;
  },
};

export const vptSignature = signature({
  name: "vpt",
  kernel: { kind: "kernel", of: kernel },
  arguments: [{ kind: "panel", name: "panel", columns: { close: price, volume: quantity } }],
  outputs: { value: { kind: "fixed", cell: quantity } },
  scope: "inputs",
  clocked: false,
});

/**
 * Volume and price trend: the sum of volume times the relative change of the close.
 *
 * First valid: 1. Settles: never, for it sums from the second bar: only its changes mean something. A bar with a NaN or infinity gives NaN
 * and is left out.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`
 * @example
 * const rising = momentum(vpt(bars), 20);
 */
export function vpt<I extends Interval, A extends Scope>(
  panel: Panel<Pick<Ohlcv, "close" | "volume">, I, A>,
): Column<F64<"quantity">, I, A> {
  return build(vptSignature, [panel]) as Column<F64<"quantity">, I, A>;
}
