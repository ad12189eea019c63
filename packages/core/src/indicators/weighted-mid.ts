import type { F64 } from "../schema/cell.ts";
import { price, quantity } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { BookTop } from "../schema/schema.ts";
import type { Column, Panel, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { build, signature } from "./indicator.ts";

const kernel: Kernel<undefined> = {
  name: "weightedMid",
  version: 1,
  inputs: ["bid", "bidSize", "ask", "askSize"],
  outputs: ["value"],
  firstValid: () => 0,
  settle: () => 0,
  create: () => undefined,
  run(_state, inputs, outputs, from, to) {
    const bid = inputs[0]!;
    const bidSize = inputs[1]!;
    const ask = inputs[2]!;
    const askSize = inputs[3]!;
    const output = outputs[0]!;
    for (let row = from; row < to; row++) {
      const size = bidSize[row]! + askSize[row]!;
      output[row] = size === 0 ? Number.NaN : (bid[row]! * askSize[row]! + ask[row]! * bidSize[row]!) / size;
    }
  },
};

export const weightedMidSignature = signature({
  name: "weightedMid",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "book", columns: { bid: price, bidSize: quantity, ask: price, askSize: quantity } },
  ],
  outputs: { value: { kind: "fixed", cell: price } },
  scope: "inputs",
  clocked: false,
});

/**
 * The touch weighted by the opposite size, `(bid * askSize + ask * bidSize) / (bidSize + askSize)`: where the next price is likely to be
 * (Stoikov 2018, "The micro-price", the weighted mid-price). NaN when both sides are empty. For several levels of a book see
 * {@link microprice}.
 *
 * First valid: 0. Settles: there.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`
 * @example
 * const fair = weightedMid(top);
 */
export function weightedMid<I extends Interval, A extends Scope>(
  book: Panel<BookTop, I, A>,
): Column<F64<"price">, I, A> {
  return build(weightedMidSignature, [book]) as Column<F64<"price">, I, A>;
}
