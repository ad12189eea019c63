import type { F64 } from "../schema/cell.ts";
import { price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Ohlcv } from "../schema/schema.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel, KernelParams } from "../strategy/kernel.ts";
import { paramsFor } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import { build, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";

interface State {
  readonly fast: AnchoredSum;
  readonly slow: AnchoredSum;
}

const kernel: Kernel<State> = {
  name: "awesomeOscillator",
  version: 1,
  inputs: ["high", "low"],
  outputs: ["value"],
  firstValid: firstValid,
  settle: firstValid,
  create: (params) => ({
    fast: createAnchoredSum(paramsFor(params["fast"] as number, params)),
    slow: createAnchoredSum(paramsFor(params["slow"] as number, params)),
  }),
  run({ fast, slow }, inputs, outputs, from, to, stamps) {
    const high = inputs[0]!;
    const low = inputs[1]!;
    const output = outputs[0]!;
    const middles = scratchColumn(0, stamps);
    const base = scratchColumn(1, stamps);
    for (let row = from; row < to; row++) middles[row] = (high[row]! + low[row]!) / 2;
    runAnchoredSum(fast, middles, output, fast.bars, from, to, stamps);
    runAnchoredSum(slow, middles, base, slow.bars, from, to, stamps);
    for (let row = from; row < to; row++) output[row] = output[row]! - base[row]!;
  },
};

function firstValid(params: KernelParams): number {
  return Math.max(params["fast"] as number, params["slow"] as number) - 1;
}

export const awesomeOscillatorSignature = signature({
  name: "awesomeOscillator",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price } },
    { kind: "period", name: "fast", least: 1 },
    { kind: "period", name: "slow", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: price } },
  scope: "inputs",
  clocked: true,
});

/**
 * Awesome oscillator (Williams 1998, "New Trading Dimensions"): the mean of the bars' middles over `fast` bars, less that over `slow` bars.
 *
 * First valid: `max(fast, slow) - 1`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const drive = awesomeOscillator(bars, 5, 34);
 */
export function awesomeOscillator<I extends Interval, A extends Scope, const N extends number, const M extends number>(
  panel: Panel<Pick<Ohlcv, "high" | "low">, I, A>,
  fast: Period<N>,
  slow: Period<M>,
): Column<F64<"price">, I, A> {
  return build(awesomeOscillatorSignature, [panel, fast, slow]) as Column<F64<"price">, I, A>;
}
