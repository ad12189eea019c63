import type { F64 } from "../schema/cell.ts";
import { fraction, price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { BookTop } from "../schema/schema.ts";
import type { Column, Panel, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { build, signature } from "./indicator.ts";

const kernel: Kernel<undefined> = {
  name: "relativeSpread",
  version: 1,
  inputs: ["bid", "ask"],
  outputs: ["value"],
  firstValid: () => 0,
  settle: () => 0,
  create: () => undefined,
  run(_state, inputs, outputs, from, to) {
    const bid = inputs[0]!;
    const ask = inputs[1]!;
    const output = outputs[0]!;
    for (let row = from; row < to; row++) {
      const middle = (bid[row]! + ask[row]!) / 2;
      output[row] = middle === 0 ? Number.NaN : (ask[row]! - bid[row]!) / middle;
    }
  },
};

export const relativeSpreadSignature = signature({
  name: "relativeSpread",
  kernel: { kind: "kernel", of: kernel },
  arguments: [{ kind: "panel", name: "book", columns: { bid: price, ask: price } }],
  outputs: { value: { kind: "fixed", cell: fraction } },
  scope: "inputs",
  clocked: false,
});

/**
 * What crossing the book costs: `(ask - bid) / ((ask + bid) / 2)`; below 0 for a crossed book, NaN for a middle of 0.
 *
 * First valid: 0. Settles: there.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`
 * @example
 * const dear = zscore(relativeSpread(top), 500);
 */
export function relativeSpread<I extends Interval, A extends Scope>(
  book: Panel<Pick<BookTop, "bid" | "ask">, I, A>,
): Column<F64<"fraction">, I, A> {
  return build(relativeSpreadSignature, [book]) as Column<F64<"fraction">, I, A>;
}
