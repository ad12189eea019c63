import type { I32, Num } from "../schema/cell.ts";
import { i32 } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { build, NUMBERS, signature } from "./indicator.ts";

interface State {
  readonly longEnter: number;
  readonly longExit: number;
  readonly shortEnter: number;
  readonly shortExit: number;
  side: number;
}

const kernel: Kernel<State> = {
  name: "hysteresis",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: () => 0,
  settle: () => Number.POSITIVE_INFINITY,
  create: (params) => ({
    longEnter: params["longEnter"] as number,
    longExit: params["longExit"] as number,
    shortEnter: params["shortEnter"] as number,
    shortExit: params["shortExit"] as number,
    side: 0,
  }),
  run(state, inputs, outputs, from, to) {
    const { longEnter, longExit, shortEnter, shortExit } = state;
    const input = inputs[0]!;
    const output = outputs[0]!;
    let { side } = state;
    for (let row = from; row < to; row++) {
      const x = input[row]!;
      if (x - x !== 0) {
        output[row] = side;
        continue;
      }
      if (x >= longEnter) side = 1;
      else if (x <= shortEnter) side = -1;
      else if (side > 0 ? x < longExit : x > shortExit) side = 0;
      output[row] = side;
    }
    state.side = side;
  },
};

export const hysteresisSignature = signature({
  name: "hysteresis",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "number", name: "shortEnter" },
    { kind: "number", name: "shortExit", notBelow: "shortEnter" },
    { kind: "number", name: "longExit", notBelow: "shortExit" },
    { kind: "number", name: "longEnter", notBelow: "longExit" },
  ],
  outputs: { value: { kind: "fixed", cell: i32 } },
  scope: "inputs",
  clocked: false,
});

/**
 * A side that is hard to enter and hard to leave: 1 from `longEnter` up until the value falls below `longExit`, -1 from `shortEnter` down until
 * it rises above `shortExit`, else 0. The opposite entry turns it at once. A NaN or infinity keeps the side.
 *
 * First valid: 0. Settles: never, for the side remembers the last entry, whenever that was.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-number` unless the four levels ascend
 * @example
 * const side = hysteresis(zscore(spread.log, 60), -2, -0.5, 0.5, 2);
 */
export function hysteresis<I extends Interval, A extends Scope>(
  column: Column<Num, I, A>,
  shortEnter: number,
  shortExit: number,
  longExit: number,
  longEnter: number,
): Column<I32, I, A> {
  return build(hysteresisSignature, [column, shortEnter, shortExit, longExit, longEnter]) as Column<I32, I, A>;
}
