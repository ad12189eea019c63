import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { createWindowRows, pushRow, type WindowRows } from "./window-rows.ts";

/** Gains of an average over 2 and over 30 bars. */
const FAST = 2 / 3;
const SLOW = 2 / 31;

interface State {
  readonly bars: number;
  readonly rows: WindowRows;
  readonly average: Float64Array;
}

const kernel: Kernel<State> = {
  name: "kama",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: barsOf,
  settle: (params) => barsOf(params) + rowsToForget(SLOW * SLOW),
  create: (params) => ({
    bars: barsOf(params),
    rows: createWindowRows(barsOf(params) + 1),
    average: Float64Array.of(Number.NaN),
  }),
  run({ bars, rows, average }, inputs, outputs, from, to) {
    const input = inputs[0]!;
    const output = outputs[0]!;
    const { ring } = rows;
    let now = average[0]!;
    for (let row = from; row < to; row++) {
      const x = input[row]!;
      const at = x - x === 0 ? pushRow(rows, x) : -1;
      if (at < 0) {
        output[row] = Number.NaN;
        continue;
      }
      let path = 0;
      for (let i = 1; i <= bars; i++) path += Math.abs(ring[at + i]! - ring[at + i - 1]!);
      const way = Math.abs(x - ring[at]!);
      const root = (way >= path ? 1 : way / path) * (FAST - SLOW) + SLOW;
      // Nothing before: it begins at the value before this one.
      if (Number.isNaN(now)) now = ring[at + bars - 1]!;
      now += (x - now) * root * root;
      output[row] = now;
    }
    average[0] = now;
  },
};

export const kamaSignature = signature({
  name: "kama",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "float-of", argument: "column" } },
  scope: "inputs",
  clocked: false,
});

/**
 * Kaufman's adaptive moving average (Kaufman 1995, "Smarter Trading"): an exponential average whose gain is the square of a number
 * between those of 2 and of 30 bars, by the efficiency of the last `bars` changes: `|x - x[bars ago]|` over the sum of their sizes.
 * TA-Lib's `KAMA`.
 *
 * First valid: `bars`. Settles: where the path is never straight, only when `(2/31)^2` has forgotten it, about 7,700 bars later.
 * A NaN or infinity gives NaN on its bar and is
 * left out otherwise.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const trend = kama(bars.close, 10);
 */
export function kama<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
): Column<F64<U>, I, A> {
  return build(kamaSignature, [column, bars]) as Column<F64<U>, I, A>;
}
