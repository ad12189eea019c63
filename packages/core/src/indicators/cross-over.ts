import type { Bool, Num, Unit } from "../schema/cell.ts";
import { bool } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { build, NUMBERS, signature, type WiderScope } from "./indicator.ts";

interface State {
  /** Whether the last row had not passed yet. */
  ready: boolean;
}

const kernel: Kernel<State> = {
  name: "crossOver",
  version: 1,
  inputs: ["a", "b"],
  outputs: ["value"],
  firstValid: () => 1,
  settle: () => 1,
  create: () => ({ ready: false }),
  run(state, inputs, outputs, from, to) {
    const a = inputs[0]!;
    const b = inputs[1]!;
    const output = outputs[0]!;
    let { ready } = state;
    for (let row = from; row < to; row++) {
      output[row] = ready && a[row]! > b[row]! ? 1 : 0;
      ready = a[row]! <= b[row]!;
    }
    state.ready = ready;
  },
};

export const crossOverSignature = signature({
  name: "crossOver",
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
 * True on the bar where `a` passes above `b`: `a > b` now, `a <= b` on the bar before. A touch counts as not above, so leaving it
 * upwards fires. NaN on either bar and side is false.
 *
 * First valid: 1. Settles: there.
 *
 * @throws `strategy.wrong-dtype`, `strategy.wrong-unit`, `strategy.mixed-intervals`
 * @example
 * const enter = crossOver(sma(bars.close, 10), sma(bars.close, 30));
 */
export function crossOver<U extends Unit, I extends Interval, A extends Scope, B extends Scope>(
  a: Column<Num<U>, I, A>,
  b: Column<Num<NoInfer<U>>, NoInfer<I>, B>,
): Column<Bool, I, WiderScope<A, B>> {
  return build(crossOverSignature, [a, b]) as Column<Bool, I, WiderScope<A, B>>;
}
