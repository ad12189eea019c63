import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { build, NUMBERS, signature } from "./indicator.ts";

interface State {
  readonly ring: Float64Array;
  cursor: number;
}

const kernel: Kernel<State> = {
  name: "momentum",
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
      const now = input[row]!;
      output[row] = now - ring[cursor]!;
      ring[cursor] = now;
      cursor = cursor + 1 === ring.length ? 0 : cursor + 1;
    }
    state.cursor = cursor;
  },
};

export const momentumSignature = signature({
  name: "momentum",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "float-of", argument: "column" } },
  scope: "inputs",
  clocked: false,
});

/**
 * Change over `bars` bars: `x - x[bars ago]`. TA-Lib's `MOM`. (For the relative change see {@link returns}.)
 *
 * First valid: `bars`. Settles: there.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const rise = momentum(bars.close, 10);
 */
export function momentum<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
): Column<F64<U>, I, A> {
  return build(momentumSignature, [column, bars]) as Column<F64<U>, I, A>;
}
