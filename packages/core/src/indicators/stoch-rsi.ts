import type { F64, Num } from "../schema/cell.ts";
import { percent } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel, KernelParams } from "../strategy/kernel.ts";
import { type AnchoredHighest, createAnchoredHighest, runAnchoredHighest } from "./anchored-highest.ts";
import { barsOf, paramsFor } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { createRsi, type Rsi, runRsi } from "./rsi.ts";
import { scratchColumn } from "./scratch.ts";
import { blankWarmUp, type WarmUp } from "./warm-up.ts";

/** While a price rests its RSI does too, up to rounding: a range below this is none. */
const REST = 1e-9;

interface State {
  readonly rsi: Rsi;
  readonly highest: AnchoredHighest;
  readonly lowest: AnchoredHighest;
  readonly d: AnchoredSum;
  readonly warmUp: WarmUp;
}

const kernel: Kernel<State> = {
  name: "stochRsi",
  version: 1,
  inputs: ["column"],
  outputs: ["k", "d"],
  firstValid: firstValid,
  settle: (params) => firstValid(params) + rowsToForget(1 / barsOf(params)),
  create: (params) => {
    const window = params["window"] as number;
    return {
      rsi: createRsi(barsOf(params)),
      highest: createAnchoredHighest(paramsFor(window, params), 1),
      lowest: createAnchoredHighest(paramsFor(window, params), -1),
      d: createAnchoredSum(paramsFor(params["signal"] as number, params)),
      warmUp: { left: firstValid(params) },
    };
  },
  run({ rsi, highest, lowest, d, warmUp }, inputs, outputs, from, to, stamps) {
    const k = outputs[0]!;
    const strength = scratchColumn(0, stamps);
    const top = scratchColumn(1, stamps);
    const bottom = scratchColumn(2, stamps);
    runRsi(rsi, inputs[0]!, strength, 0, from, to);
    runAnchoredHighest(highest, strength, top, from, to, stamps);
    runAnchoredHighest(lowest, strength, bottom, from, to, stamps);
    for (let row = from; row < to; row++) {
      const range = top[row]! - bottom[row]!;
      k[row] = range < REST ? 0 : 100 * ((strength[row]! - bottom[row]!) / range);
    }
    runAnchoredSum(d, k, outputs[1]!, d.bars, from, to, stamps);
    blankWarmUp(warmUp, outputs, from, to);
  },
};

function firstValid(params: KernelParams): number {
  return barsOf(params) + (params["window"] as number) + (params["signal"] as number) - 2;
}

export const stochRsiSignature = signature({
  name: "stochRsi",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 1 },
    { kind: "period", name: "window", least: 1 },
    { kind: "period", name: "signal", least: 1 },
  ],
  outputs: { k: { kind: "fixed", cell: percent }, d: { kind: "fixed", cell: percent } },
  scope: "inputs",
  clocked: true,
});

/**
 * Where {@link rsi} over `bars` lies between its least and its greatest of the last `window` bars, 0 to 100 (Chande and Kroll 1994,
 * "The New Technical Trader"), and the mean of that over `signal` bars. 0 where they are one (to nine decimals). TA-Lib's `STOCHRSI`.
 *
 * First valid: `bars + window + signal - 2`, for both columns. Settles: when the seed of the RSI weighs less than 1e-14, about
 * `32 * bars` later. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const { k } = stochRsi(bars.close, 14, 14, 3);
 */
export function stochRsi<
  I extends Interval,
  A extends Scope,
  const N extends number,
  const M extends number,
  const O extends number,
>(
  column: Column<Num, I, A>,
  bars: Period<N>,
  window: Period<M>,
  signal: Period<O>,
): Panel<{ k: F64<"percent">; d: F64<"percent"> }, I, A> {
  return build(stochRsiSignature, [column, bars, window, signal]) as Panel<
    { k: F64<"percent">; d: F64<"percent"> },
    I,
    A
  >;
}
