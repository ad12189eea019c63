import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";

interface State {
  readonly weighted: AnchoredSum;
  readonly elapsed: AnchoredSum;
  /** The last price and stamp; NaN before the first, so that the first step is no step. */
  readonly last: Float64Array;
}

const kernel: Kernel<State> = {
  name: "twap",
  version: 1,
  inputs: ["price"],
  outputs: ["value"],
  firstValid: barsOf,
  settle: barsOf,
  create: (params) => ({
    weighted: createAnchoredSum(params),
    elapsed: createAnchoredSum(params),
    last: Float64Array.of(Number.NaN, Number.NaN),
  }),
  run(state, inputs, outputs, from, to, stamps) {
    const price = inputs[0]!;
    const output = outputs[0]!;
    const steps = scratchColumn(0, stamps);
    const lengths = scratchColumn(1, stamps);
    const totals = scratchColumn(2, stamps);
    let lastPrice = state.last[0]!;
    let lastStamp = state.last[1]!;
    for (let row = from; row < to; row++) {
      lengths[row] = stamps[row]! - lastStamp;
      steps[row] = lastPrice * lengths[row]!;
      lastPrice = price[row]!;
      lastStamp = stamps[row]!;
    }
    state.last[0] = lastPrice;
    state.last[1] = lastStamp;
    runAnchoredSum(state.weighted, steps, output, 1, from, to, stamps);
    runAnchoredSum(state.elapsed, lengths, totals, 1, from, to, stamps);
    for (let row = from; row < to; row++) output[row] = output[row]! / totals[row]!;
  },
};

export const twapSignature = signature({
  name: "twap",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "price", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "float-of", argument: "price" } },
  scope: "inputs",
  clocked: true,
});

/**
 * Time-weighted average price of the last `bars` steps: each price weighs the time until the next one, so the newest has no
 * weight yet.
 *
 * First valid: `bars`. Settles: there. A NaN or infinity is seen by exactly the windows that hold its step.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const fair = twap(bars.close, 20);
 */
export function twap<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  price: Column<Num<U>, I, A>,
  bars: Period<N>,
): Column<F64<U>, I, A> {
  return build(twapSignature, [price, bars]) as Column<F64<U>, I, A>;
}
