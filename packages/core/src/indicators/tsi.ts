import type { F64, Num } from "../schema/cell.ts";
import { percent } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";
import { createSmoothing, gainOf, runSmoothing, type Smoothing } from "./smoothing.ts";

interface State {
  /** The last finite value. */
  readonly last: Float64Array;
  readonly changes: readonly Smoothing[];
  readonly sizes: readonly Smoothing[];
}

const kernel: Kernel<State> = {
  name: "tsi",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: (params) => (params["slow"] as number) + (params["fast"] as number) - 1,
  settle: (params) =>
    (params["slow"] as number) +
    (params["fast"] as number) -
    1 +
    rowsToForget(gainOf(params["slow"] as number)) +
    rowsToForget(gainOf(params["fast"] as number)),
  create: (params) => {
    const stages = ["slow", "fast"].map((name) => params[name] as number);
    return {
      last: Float64Array.of(Number.NaN),
      changes: stages.map((bars) => createSmoothing(bars, gainOf(bars))),
      sizes: stages.map((bars) => createSmoothing(bars, gainOf(bars))),
    };
  },
  run({ last, changes, sizes }, inputs, outputs, from, to, stamps) {
    const input = inputs[0]!;
    const output = outputs[0]!;
    const size = scratchColumn(0, stamps);
    let before = last[0]!;
    for (let row = from; row < to; row++) {
      const x = input[row]!;
      output[row] = x - before;
      size[row] = Math.abs(x - before);
      if (x - x === 0) before = x;
    }
    last[0] = before;
    for (const stage of changes) runSmoothing(stage, output, output, from, to);
    for (const stage of sizes) runSmoothing(stage, size, size, from, to);
    for (let row = from; row < to; row++) output[row] = size[row] === 0 ? 0 : 100 * (output[row]! / size[row]!);
  },
};

export const tsiSignature = signature({
  name: "tsi",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "slow", least: 1 },
    { kind: "period", name: "fast", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: percent } },
  scope: "inputs",
  clocked: false,
});

/**
 * True strength index, -100 to 100 (Blau 1991): the doubly smoothed change from bar to bar in percent of its doubly smoothed size, first over
 * `slow`, then over `fast` bars; 0 for a price that has never moved.
 *
 * First valid: `slow + fast - 1`. Settles: when the seeds weigh less than 1e-14. A NaN or infinity gives NaN on its bar; the next change
 * counts from the last finite value.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const strength = tsi(bars.close, 25, 13);
 */
export function tsi<I extends Interval, A extends Scope, const N extends number, const M extends number>(
  column: Column<Num, I, A>,
  slow: Period<N>,
  fast: Period<M>,
): Column<F64<"percent">, I, A> {
  return build(tsiSignature, [column, slow, fast]) as Column<F64<"percent">, I, A>;
}
