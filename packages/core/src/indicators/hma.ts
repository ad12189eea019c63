import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel, KernelParams } from "../strategy/kernel.ts";
import { barsOf, paramsFor } from "./anchored-rows.ts";
import { type AnchoredTrend, createAnchoredTrend } from "./anchored-trend.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";
import { runWma } from "./wma.ts";

interface State {
  readonly half: AnchoredTrend;
  readonly whole: AnchoredTrend;
  readonly last: AnchoredTrend;
}

const kernel: Kernel<State> = {
  name: "hma",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: firstValid,
  settle: firstValid,
  create: (params) => ({
    half: createAnchoredTrend(paramsFor(Math.floor(barsOf(params) / 2), params)),
    whole: createAnchoredTrend(params),
    last: createAnchoredTrend(paramsFor(rootOf(params), params)),
  }),
  run({ half, whole, last }, inputs, outputs, from, to, stamps) {
    const fast = scratchColumn(2, stamps);
    const slow = scratchColumn(3, stamps);
    runWma(half, inputs[0]!, fast, from, to, stamps);
    runWma(whole, inputs[0]!, slow, from, to, stamps);
    for (let row = from; row < to; row++) slow[row] = 2 * fast[row]! - slow[row]!;
    runWma(last, slow, outputs[0]!, from, to, stamps);
  },
};

function rootOf(params: KernelParams): number {
  return Math.floor(Math.sqrt(barsOf(params)));
}

function firstValid(params: KernelParams): number {
  return barsOf(params) + rootOf(params) - 2;
}

export const hmaSignature = signature({
  name: "hma",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 2 },
  ],
  outputs: { value: { kind: "float-of", argument: "column" } },
  scope: "inputs",
  clocked: true,
});

/**
 * Hull moving average: `wma(2 * wma(x, bars / 2) - wma(x, bars), sqrt(bars))`, both lengths rounded down (Hull 2005, "How to reduce
 * lag in a moving average").
 *
 * First valid: `bars - 1` and `floor(sqrt(bars)) - 1` more. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const trend = hma(bars.close, 20);
 */
export function hma<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
): Column<F64<U>, I, A> {
  return build(hmaSignature, [column, bars]) as Column<F64<U>, I, A>;
}
