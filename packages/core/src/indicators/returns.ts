import type { F64, Num } from "../schema/cell.ts";
import { fraction } from "../schema/cell.ts";
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
  name: "returns",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: barsOf,
  settle: barsOf,
  // A base of 0 has no return, so a ring of zeros blanks the first rows by itself.
  create: (params) => ({ ring: new Float64Array(barsOf(params)), cursor: 0 }),
  run(state, inputs, outputs, from, to) {
    const { ring } = state;
    const input = inputs[0]!;
    const output = outputs[0]!;
    let { cursor } = state;
    for (let row = from; row < to; row++) {
      const now = input[row]!;
      const base = ring[cursor]!;
      ring[cursor] = now;
      cursor = cursor + 1 === ring.length ? 0 : cursor + 1;
      output[row] = base === 0 ? Number.NaN : (now - base) / base;
    }
    state.cursor = cursor;
  },
};

export const returnsSignature = signature({
  name: "returns",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: fraction } },
  scope: "inputs",
  clocked: false,
});

/**
 * Simple return over `bars` bars: `(x - x[bars ago]) / x[bars ago]`; NaN from a base of 0. TA-Lib's `ROCP`.
 *
 * First valid: `bars`. Settles: there.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const year = returns(monthly.close, 12);
 */
export function returns<I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num, I, A>,
  bars: Period<N>,
): Column<F64<"fraction">, I, A> {
  return build(returnsSignature, [column, bars]) as Column<F64<"fraction">, I, A>;
}
