import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import { build, NUMBERS, signature, type WiderScope } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";

interface State {
  readonly turnover: AnchoredSum;
  readonly volume: AnchoredSum;
}

const kernel: Kernel<State> = {
  name: "vwap",
  version: 1,
  inputs: ["price", "volume"],
  outputs: ["value"],
  firstValid: (params) => barsOf(params) - 1,
  settle: (params) => barsOf(params) - 1,
  create: (params) => ({
    turnover: createAnchoredSum(params),
    volume: createAnchoredSum(params),
  }),
  run(state, inputs, outputs, from, to, stamps) {
    const price = inputs[0]!;
    const volume = inputs[1]!;
    const output = outputs[0]!;
    const products = scratchColumn(0, stamps);
    const volumes = scratchColumn(1, stamps);
    for (let row = from; row < to; row++) products[row] = price[row]! * volume[row]!;
    runAnchoredSum(state.turnover, products, output, 1, from, to, stamps);
    runAnchoredSum(state.volume, volume, volumes, 1, from, to, stamps);
    for (let row = from; row < to; row++) output[row] = volumes[row] === 0 ? Number.NaN : output[row]! / volumes[row]!;
  },
};

export const vwapSignature = signature({
  name: "vwap",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "price", dtypes: NUMBERS },
    { kind: "column", name: "volume", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "float-of", argument: "price" } },
  scope: "inputs",
  clocked: true,
});

/**
 * Volume-weighted average price of the last `bars`: the sum of price x volume over the sum of volume; NaN when nothing traded.
 *
 * First valid: `bars - 1`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`, `strategy.mixed-intervals`
 * @example
 * const fair = vwap(bars.close, bars.volume, 20);
 */
export function vwap<U extends Unit, I extends Interval, A extends Scope, B extends Scope, const N extends number>(
  price: Column<Num<U>, I, A>,
  volume: Column<Num, NoInfer<I>, B>,
  bars: Period<N>,
): Column<F64<U>, I, WiderScope<A, B>> {
  return build(vwapSignature, [price, volume, bars]) as Column<F64<U>, I, WiderScope<A, B>>;
}
