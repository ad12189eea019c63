import type { ColumnArray, F64 } from "../schema/cell.ts";
import { price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import type { HighLowClose } from "./atr.ts";
import { build, signature } from "./indicator.ts";

const kernel: Kernel<Float64Array> = {
  name: "trueRange",
  version: 1,
  inputs: ["high", "low", "close"],
  outputs: ["value"],
  firstValid: () => 1,
  settle: () => 1,
  create: () => Float64Array.of(Number.NaN),
  run(last, inputs, outputs, from, to) {
    runTrueRange(last, inputs[0]!, inputs[1]!, inputs[2]!, outputs[0]!, from, to);
  },
};

/** @param last [0] is the close before, NaN before the first */
export function runTrueRange(
  last: Float64Array,
  high: ColumnArray,
  low: ColumnArray,
  close: ColumnArray,
  output: ColumnArray,
  from: number,
  to: number,
): void {
  let before = last[0]!;
  for (let row = from; row < to; row++) {
    const h = high[row]!;
    const l = low[row]!;
    output[row] = Math.max(h - l, Math.abs(h - before), Math.abs(l - before));
    before = close[row]!;
  }
  last[0] = before;
}

export const trueRangeSignature = signature({
  name: "trueRange",
  kernel: { kind: "kernel", of: kernel },
  arguments: [{ kind: "panel", name: "panel", columns: { high: price, low: price, close: price } }],
  outputs: { value: { kind: "fixed", cell: price } },
  scope: "inputs",
  clocked: false,
});

/**
 * True range: `max(high - low, |high - last close|, |low - last close|)` (Wilder 1978, "New Concepts in Technical Trading Systems",
 * section III). TA-Lib's `TRANGE`.
 *
 * First valid: 1. Settles: there.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`
 * @example
 * const shock = above(trueRange(bars), lag(highest(trueRange(bars), 20), 1));
 */
export function trueRange<I extends Interval, A extends Scope>(
  panel: Panel<HighLowClose, I, A>,
): Column<F64<"price">, I, A> {
  return build(trueRangeSignature, [panel]) as Column<F64<"price">, I, A>;
}
