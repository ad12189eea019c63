import type { F64 } from "../schema/cell.ts";
import { percent, price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { type Atr, createAtr, type HighLowClose, runAtr } from "./atr.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, signature } from "./indicator.ts";

const kernel: Kernel<Atr> = {
  name: "natr",
  version: 1,
  inputs: ["high", "low", "close"],
  outputs: ["value"],
  firstValid: barsOf,
  settle: (params) => barsOf(params) + rowsToForget(1 / barsOf(params)),
  create: (params) => createAtr(barsOf(params)),
  run(state, inputs, outputs, from, to) {
    const close = inputs[2]!;
    const output = outputs[0]!;
    runAtr(state, inputs[0]!, inputs[1]!, close, output, from, to);
    for (let row = from; row < to; row++)
      output[row] = close[row] === 0 ? Number.NaN : 100 * (output[row]! / close[row]!);
  },
};

export const natrSignature = signature({
  name: "natr",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price, close: price } },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: percent } },
  scope: "inputs",
  clocked: false,
});

/**
 * {@link atr} in percent of the close (Forman 2006); NaN for a close of 0. TA-Lib's `NATR`.
 *
 * First valid: `bars`. Settles: when the seed weighs less than 1e-14, about `32 * bars` later. A bar with a NaN or infinity gives
 * NaN; the next range counts from the last finite close.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const calm = natr(bars, 14);
 */
export function natr<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<HighLowClose, I, A>,
  bars: Period<N>,
): Column<F64<"percent">, I, A> {
  return build(natrSignature, [panel, bars]) as Column<F64<"percent">, I, A>;
}
