import type { F64 } from "../schema/cell.ts";
import { percent, price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Ohlcv } from "../schema/schema.ts";
import type { Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { ageOfHighest } from "./age-of-highest.ts";
import { barsOf } from "./anchored-rows.ts";
import { build, signature } from "./indicator.ts";
import { createWindowRows, pushRow, type WindowRows } from "./window-rows.ts";

interface State {
  readonly bars: number;
  readonly high: WindowRows;
  readonly low: WindowRows;
}

const kernel: Kernel<State> = {
  name: "aroon",
  version: 1,
  inputs: ["high", "low"],
  outputs: ["up", "down", "oscillator"],
  firstValid: barsOf,
  settle: barsOf,
  create: (params) => ({
    bars: barsOf(params),
    high: createWindowRows(barsOf(params) + 1),
    low: createWindowRows(barsOf(params) + 1),
  }),
  run({ bars, high, low }, inputs, outputs, from, to) {
    const up = outputs[0]!;
    const down = outputs[1]!;
    const oscillator = outputs[2]!;
    for (let row = from; row < to; row++) {
      const at = pushRow(high, inputs[0]![row]!);
      pushRow(low, inputs[1]![row]!);
      up[row] = at < 0 ? Number.NaN : (100 * (bars - ageOfHighest(high.ring, at, bars + 1, 1))) / bars;
      down[row] = at < 0 ? Number.NaN : (100 * (bars - ageOfHighest(low.ring, at, bars + 1, -1))) / bars;
      oscillator[row] = up[row]! - down[row]!;
    }
  },
};

export const aroonSignature = signature({
  name: "aroon",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price } },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: {
    up: { kind: "fixed", cell: percent },
    down: { kind: "fixed", cell: percent },
    oscillator: { kind: "fixed", cell: percent },
  },
  scope: "inputs",
  clocked: false,
});

/**
 * Aroon (Chande 1995): how recent the highest high and the lowest low of the last `bars + 1` are, 100 for now, 0 for `bars` ago; the
 * newest of equal ones counts. `oscillator` is up less down. TA-Lib's `AROON` and `AROONOSC`.
 *
 * First valid: `bars`. Settles: there. A NaN is seen by exactly the windows that hold it.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const { oscillator } = aroon(bars, 25);
 */
export function aroon<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<Pick<Ohlcv, "high" | "low">, I, A>,
  bars: Period<N>,
): Panel<{ up: F64<"percent">; down: F64<"percent">; oscillator: F64<"percent"> }, I, A> {
  return build(aroonSignature, [panel, bars]) as Panel<
    { up: F64<"percent">; down: F64<"percent">; oscillator: F64<"percent"> },
    I,
    A
  >;
}
