import type { I32, Num } from "../schema/cell.ts";
import { i32 } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { build, NUMBERS, signature } from "./indicator.ts";

interface State {
  readonly short: number;
  readonly long: number;
}

const kernel: Kernel<State> = {
  name: "threshold",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: () => 0,
  settle: () => 0,
  create: (params) => ({ short: params["short"] as number, long: params["long"] as number }),
  run({ short, long }, inputs, outputs, from, to) {
    const input = inputs[0]!;
    const output = outputs[0]!;
    for (let row = from; row < to; row++) output[row] = input[row]! >= long ? 1 : input[row]! <= short ? -1 : 0;
  },
};

export const thresholdSignature = signature({
  name: "threshold",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "number", name: "short" },
    { kind: "number", name: "long", notBelow: "short" },
  ],
  outputs: { value: { kind: "fixed", cell: i32 } },
  scope: "inputs",
  clocked: false,
});

/**
 * A side by two levels: 1 from `long` up, -1 from `short` down, else 0; NaN is 0. For levels that are harder to leave than to enter see
 * {@link hysteresis}.
 *
 * First valid: 0. Settles: there.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-number` for a `long` below `short`
 * @example
 * const side = threshold(zscore(spread.log, 60), -2, 2);
 */
export function threshold<I extends Interval, A extends Scope>(
  column: Column<Num, I, A>,
  short: number,
  long: number,
): Column<I32, I, A> {
  return build(thresholdSignature, [column, short, long]) as Column<I32, I, A>;
}
