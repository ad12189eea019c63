import type { Bool, ColumnArray, Num, Unit } from "../schema/cell.ts";
import { bool } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { build, NUMBERS, signature, type WiderScope } from "./indicator.ts";

function isBelow(a: number, b: number): number {
  return a < b ? 1 : 0;
}

/** Four rows a turn: a turn of the loop costs as much as a comparison. */
function runMany(a: ColumnArray, b: ColumnArray, output: ColumnArray, from: number, to: number): void {
  let row = from;
  for (; row < to - 3; row += 4) {
    output[row] = isBelow(a[row]!, b[row]!);
    output[row + 1] = isBelow(a[row + 1]!, b[row + 1]!);
    output[row + 2] = isBelow(a[row + 2]!, b[row + 2]!);
    output[row + 3] = isBelow(a[row + 3]!, b[row + 3]!);
  }
  for (; row < to; row++) output[row] = isBelow(a[row]!, b[row]!);
}

const kernel: Kernel<undefined> = {
  name: "below",
  version: 1,
  inputs: ["a", "b"],
  outputs: ["value"],
  firstValid: () => 0,
  settle: () => 0,
  create: () => undefined,
  run(_state, inputs, outputs, from, to) {
    const a = inputs[0]!;
    const b = inputs[1]!;
    const output = outputs[0]!;
    // Apart, so that the little that a single row takes is compiled into the caller.
    if (to - from === 1) output[from] = isBelow(a[from]!, b[from]!);
    else runMany(a, b, output, from, to);
  },
  next: (_state, _stamp, a, b) => isBelow(a, b),
};

export const belowSignature = signature({
  name: "below",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "a", dtypes: NUMBERS },
    { kind: "column", name: "b", dtypes: NUMBERS, unit: { sameAs: "a" } },
  ],
  outputs: { value: { kind: "fixed", cell: bool } },
  scope: "inputs",
  clocked: false,
});

/**
 * True while `a < b`. NaN on either side is false.
 *
 * First valid: 0. Settles: there.
 *
 * @throws `strategy.wrong-dtype`, `strategy.wrong-unit`, `strategy.mixed-intervals`
 * @example
 * const down = below(bars.close, sma(bars.close, 200));
 */
export function below<U extends Unit, I extends Interval, A extends Scope, B extends Scope>(
  a: Column<Num<U>, I, A>,
  b: Column<Num<NoInfer<U>>, NoInfer<I>, B>,
): Column<Bool, I, WiderScope<A, B>> {
  return build(belowSignature, [a, b]) as Column<Bool, I, WiderScope<A, B>>;
}
