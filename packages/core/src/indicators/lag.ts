import type { Cell } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Lag, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { ANYTHING, build, signature } from "./indicator.ts";

interface State {
  /** Holds every dtype: integers, codes and flags are exact in a float. */
  readonly ring: Float64Array;
  cursor: number;
}

const kernel: Kernel<State> = {
  name: "lag",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: barsOf,
  settle: barsOf,
  create: (params) => ({ ring: new Float64Array(barsOf(params)).fill(Number.NaN), cursor: 0 }),
  run(state, inputs, outputs, from, to) {
    const { ring } = state;
    const input = inputs[0]!;
    const output = outputs[0]!;
    let { cursor } = state;
    for (let row = from; row < to; row++) {
      if (ring.length === 0) {
        output[row] = input[row]!;
        continue;
      }
      // NaN, in the rows before the first valid one, is stored as 0 by integers and flags.
      output[row] = ring[cursor]!;
      ring[cursor] = input[row]!;
      cursor = cursor + 1 === ring.length ? 0 : cursor + 1;
    }
    state.cursor = cursor;
  },
};

export const lagSignature = signature({
  name: "lag",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: ANYTHING },
    { kind: "lag", name: "bars" },
  ],
  outputs: { value: { kind: "same-as", argument: "column" } },
  scope: "inputs",
  clocked: false,
});

/**
 * A column shifted `bars` back: the value of that many bars ago. Bars are the symbol's own; 0 is the column itself.
 *
 * First valid: `bars`. Settles: there.
 *
 * @throws `strategy.invalid-period`
 * @example
 * const yesterday = lag(bars.close, 1);
 */
export function lag<T extends Cell, I extends Interval, A extends Scope, const N extends number>(
  column: Column<T, I, A>,
  bars: Lag<N>,
): Column<T, I, A> {
  return build(lagSignature, [column, bars]) as Column<T, I, A>;
}
