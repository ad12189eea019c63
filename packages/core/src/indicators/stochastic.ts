import type { F64 } from "../schema/cell.ts";
import { percent, price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel, KernelParams } from "../strategy/kernel.ts";
import { type AnchoredHighest, createAnchoredHighest, runAnchoredHighest } from "./anchored-highest.ts";
import { barsOf, paramsFor } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import type { HighLowClose } from "./atr.ts";
import { build, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";
import { blankWarmUp, type WarmUp } from "./warm-up.ts";

interface State {
  readonly highest: AnchoredHighest;
  readonly lowest: AnchoredHighest;
  readonly k: AnchoredSum;
  readonly d: AnchoredSum;
  readonly warmUp: WarmUp;
}

const kernel: Kernel<State> = {
  name: "stochastic",
  version: 1,
  inputs: ["high", "low", "close"],
  outputs: ["k", "d"],
  firstValid: firstValid,
  settle: firstValid,
  create: (params) => ({
    highest: createAnchoredHighest(params, 1),
    lowest: createAnchoredHighest(params, -1),
    k: createAnchoredSum(paramsFor(params["smoothing"] as number, params)),
    d: createAnchoredSum(paramsFor(params["signal"] as number, params)),
    warmUp: { left: firstValid(params) },
  }),
  run({ highest, lowest, k, d, warmUp }, inputs, outputs, from, to, stamps) {
    const close = inputs[2]!;
    const top = scratchColumn(0, stamps);
    const bottom = scratchColumn(1, stamps);
    runAnchoredHighest(highest, inputs[0]!, top, from, to, stamps);
    runAnchoredHighest(lowest, inputs[1]!, bottom, from, to, stamps);
    for (let row = from; row < to; row++) {
      const range = top[row]! - bottom[row]!;
      top[row] = range === 0 ? 0 * close[row]! : 100 * ((close[row]! - bottom[row]!) / range);
    }
    runAnchoredSum(k, top, outputs[0]!, k.bars, from, to, stamps);
    runAnchoredSum(d, outputs[0]!, outputs[1]!, d.bars, from, to, stamps);
    blankWarmUp(warmUp, outputs, from, to);
  },
};

function firstValid(params: KernelParams): number {
  return barsOf(params) + (params["smoothing"] as number) + (params["signal"] as number) - 3;
}

export const stochasticSignature = signature({
  name: "stochastic",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price, close: price } },
    { kind: "period", name: "bars", least: 1 },
    { kind: "period", name: "smoothing", least: 1 },
    { kind: "period", name: "signal", least: 1 },
  ],
  outputs: { k: { kind: "fixed", cell: percent }, d: { kind: "fixed", cell: percent } },
  scope: "inputs",
  clocked: true,
});

/**
 * Stochastic oscillator, 0 to 100 (Lane 1984): where the close lies between the lowest low and the highest high of the last `bars`,
 * as `k`, the mean of that over `smoothing` bars, and `d`, the mean of `k` over `signal` bars. 0 where high and low are one. A smoothing
 * of 1 is the fast stochastic. TA-Lib's `STOCH` and `STOCHF`.
 *
 * First valid: `bars + smoothing + signal - 3`, for both columns. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const { k, d } = stochastic(bars, 14, 3, 3);
 */
export function stochastic<
  I extends Interval,
  A extends Scope,
  const N extends number,
  const M extends number,
  const O extends number,
>(
  panel: Panel<HighLowClose, I, A>,
  bars: Period<N>,
  smoothing: Period<M>,
  signal: Period<O>,
): Panel<{ k: F64<"percent">; d: F64<"percent"> }, I, A> {
  return build(stochasticSignature, [panel, bars, smoothing, signal]) as Panel<
    { k: F64<"percent">; d: F64<"percent"> },
    I,
    A
  >;
}
