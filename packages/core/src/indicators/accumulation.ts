import type { F64 } from "../schema/cell.ts";
import { price, quantity } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Ohlcv } from "../schema/schema.ts";
import type { Column, Panel, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { build, signature } from "./indicator.ts";
import { moneyFlow } from "./money-flow.ts";

const kernel: Kernel<Float64Array> = {
  name: "accumulation",
  version: 1,
  inputs: ["high", "low", "close", "volume"],
  outputs: ["value"],
  firstValid: () => 0,
  settle: () => Number.POSITIVE_INFINITY,
  create: () => new Float64Array(1),
  run(memory, inputs, outputs, from, to) {
    const output = outputs[0]!;
    let sum = memory[0]!;
    for (let row = from; row < to; row++) {
      const flow = moneyFlow(inputs, row);
      if (flow - flow === 0) sum += flow;
      output[row] = flow - flow === 0 ? sum : Number.NaN;
    }
    memory[0] = sum;
  },
};

export const accumulationSignature = signature({
  name: "accumulation",
  kernel: { kind: "kernel", of: kernel },
  arguments: [{ kind: "panel", name: "panel", columns: { high: price, low: price, close: price, volume: quantity } }],
  outputs: { value: { kind: "fixed", cell: quantity } },
  scope: "inputs",
  clocked: false,
});

/**
 * Accumulation and distribution (Chaikin): the sum of `volume * ((close - low) - (high - close)) / (high - low)`. TA-Lib's `AD`.
 *
 * First valid: 0. Settles: never, for it sums from the first bar: only its changes mean something. A bar with a NaN or infinity gives NaN
 * and is left out.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`
 * @example
 * const gathered = momentum(accumulation(bars), 20);
 */
export function accumulation<I extends Interval, A extends Scope>(
  panel: Panel<Pick<Ohlcv, "high" | "low" | "close" | "volume">, I, A>,
): Column<F64<"quantity">, I, A> {
  return build(accumulationSignature, [panel]) as Column<F64<"quantity">, I, A>;
}
