import type { F64 } from "../schema/cell.ts";
import { fraction, quantity } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { BookTop } from "../schema/schema.ts";
import type { Column, Panel, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { build, signature } from "./indicator.ts";

const kernel: Kernel<undefined> = {
  name: "imbalance",
  version: 1,
  inputs: ["bidSize", "askSize"],
  outputs: ["value"],
  firstValid: () => 0,
  settle: () => 0,
  create: () => undefined,
  run(_state, inputs, outputs, from, to) {
    const bid = inputs[0]!;
    const ask = inputs[1]!;
    const output = outputs[0]!;
    for (let row = from; row < to; row++) output[row] = (bid[row]! - ask[row]!) / (bid[row]! + ask[row]!);
  },
};

export const imbalanceSignature = signature({
  name: "imbalance",
  kernel: { kind: "kernel", of: kernel },
  arguments: [{ kind: "panel", name: "book", columns: { bidSize: quantity, askSize: quantity } }],
  outputs: { value: { kind: "fixed", cell: fraction } },
  scope: "inputs",
  clocked: false,
});

/**
 * Imbalance at the touch: `(bidSize - askSize) / (bidSize + askSize)`, -1 to 1; NaN when both are empty. For several levels of a
 * book see {@link depthImbalance}.
 *
 * First valid: 0. Settles: there.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`
 * @example
 * const pressure = ema(imbalance(top), 5);
 */
export function imbalance<I extends Interval, A extends Scope>(
  book: Panel<Pick<BookTop, "bidSize" | "askSize">, I, A>,
): Column<F64<"fraction">, I, A> {
  return build(imbalanceSignature, [book]) as Column<F64<"fraction">, I, A>;
}
