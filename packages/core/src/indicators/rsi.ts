import type { ColumnArray, F64, Num } from "../schema/cell.ts";
import { percent } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, NUMBERS, signature } from "./indicator.ts";

/** Wilder's averages of the gains and losses of the finite values. */
export interface Rsi {
  readonly bars: number;
  /** Finite rows so far, counted up to `bars + 1`. */
  seen: number;
  /** The last finite value, the average gain and the average loss (sums of them before the seed). */
  readonly memory: Float64Array;
}

export function createRsi(bars: number): Rsi {
  return { bars, seen: 0, memory: new Float64Array(3) };
}

/** Writes `100 * (gain - share * loss) / (gain + loss)`, and 0 where there was neither. */
export function runRsi(
  state: Rsi,
  input: ColumnArray,
  output: ColumnArray,
  share: 0 | 1,
  from: number,
  to: number,
): void {
  const { bars, memory } = state;
  let last = memory[0]!;
  let gain = memory[1]!;
  let loss = memory[2]!;
  let { seen } = state;
  for (let row = from; row < to; row++) {
    const x = input[row]!;
    if (x - x !== 0) {
      output[row] = Number.NaN;
      continue;
    }
    const change = x - last;
    last = x;
    const up = Math.max(change, 0);
    const down = Math.max(-change, 0);
    if (seen > bars) {
      gain = (gain * (bars - 1) + up) / bars;
      loss = (loss * (bars - 1) + down) / bars;
    } else if (seen++ > 0) {
      gain += up;
      loss += down;
      if (seen > bars) {
        gain /= bars;
        loss /= bars;
      }
    }
    if (seen <= bars) output[row] = Number.NaN;
    else output[row] = gain + loss === 0 ? 0 : 100 * ((gain - share * loss) / (gain + loss));
  }
  memory[0] = last;
  memory[1] = gain;
  memory[2] = loss;
  state.seen = seen;
}

const kernel: Kernel<Rsi> = {
  name: "rsi",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: barsOf,
  settle: (params) => barsOf(params) + rowsToForget(1 / barsOf(params)),
  create: (params) => createRsi(barsOf(params)),
  run(state, inputs, outputs, from, to) {
    runRsi(state, inputs[0]!, outputs[0]!, 0, from, to);
  },
};

export const rsiSignature = signature({
  name: "rsi",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: percent } },
  scope: "inputs",
  clocked: false,
});

/**
 * Relative strength index, 0 to 100: `100 * g / (g + l)`, with g and l Wilder's averages of the gains and losses of the last
 * closes (Wilder 1978, "New Concepts in Technical Trading Systems", section VI). Seeded with the means of the first `bars`
 * changes. TA-Lib's `RSI`; like there, a price that has never moved gives 0.
 *
 * First valid: `bars`. Settles: when the seed weighs less than 1e-14, about `32 * bars` later. A NaN or infinity gives NaN on its
 * bar; the next change counts from the last finite value.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const strength = rsi(bars.close, 14);
 */
export function rsi<I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num, I, A>,
  bars: Period<N>,
): Column<F64<"percent">, I, A> {
  return build(rsiSignature, [column, bars]) as Column<F64<"percent">, I, A>;
}
