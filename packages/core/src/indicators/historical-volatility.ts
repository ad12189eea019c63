import type { F64, Num } from "../schema/cell.ts";
import { fraction } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { type AnchoredMoments, createAnchoredMoments, runAnchoredMoments } from "./anchored-moments.ts";
import { barsOf } from "./anchored-rows.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";

interface State {
  /** The value before. */
  readonly last: Float64Array;
  readonly moments: AnchoredMoments;
}

const kernel: Kernel<State> = {
  name: "historicalVolatility",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: barsOf,
  settle: barsOf,
  create: (params) => ({
    last: Float64Array.of(Number.NaN),
    moments: createAnchoredMoments(params),
  }),
  run({ last, moments }, inputs, outputs, from, to, stamps) {
    const input = inputs[0]!;
    const output = outputs[0]!;
    const changes = scratchColumn(0, stamps);
    let before = last[0]!;
    for (let row = from; row < to; row++) {
      const change = Math.log(input[row]! / before);
      changes[row] = change;
      before = input[row]!;
    }
    last[0] = before;
    runAnchoredMoments(moments, changes, scratchColumn(1, stamps), output, from, to, stamps);
    const freedom = moments.rows.bars - 1;
    for (let row = from; row < to; row++) output[row] = Math.sqrt(output[row]! / freedom);
  },
};

export const historicalVolatilitySignature = signature({
  name: "historicalVolatility",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 2 },
  ],
  outputs: { value: { kind: "fixed", cell: fraction } },
  scope: "inputs",
  clocked: true,
});

/**
 * Sample standard deviation of the last `bars` logarithmic returns. NaN where a value is not above 0.
 *
 * First valid: `bars`. Settles: there. Per bar, not annualised: multiply by the root of the bars per year. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const risk = historicalVolatility(bars.close, 20);
 */
export function historicalVolatility<I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num, I, A>,
  bars: Period<N>,
): Column<F64<"fraction">, I, A> {
  return build(historicalVolatilitySignature, [column, bars]) as Column<F64<"fraction">, I, A>;
}
