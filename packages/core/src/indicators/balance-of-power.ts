import type { F64 } from "../schema/cell.ts";
import { fraction } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { CANDLE_COLUMNS, type Ohlc } from "./candle.ts";
import { build, signature } from "./indicator.ts";

const kernel: Kernel<undefined> = {
  name: "balanceOfPower",
  version: 1,
  inputs: ["open", "high", "low", "close"],
  outputs: ["value"],
  firstValid: () => 0,
  settle: () => 0,
  create: () => undefined,
  run(_state, inputs, outputs, from, to) {
    const open = inputs[0]!;
    const high = inputs[1]!;
    const low = inputs[2]!;
    const close = inputs[3]!;
    const output = outputs[0]!;
    for (let row = from; row < to; row++) {
      const range = high[row]! - low[row]!;
      output[row] = range <= 0 ? 0 * (close[row]! - open[row]!) : (close[row]! - open[row]!) / range;
    }
  },
};

export const balanceOfPowerSignature = signature({
  name: "balanceOfPower",
  kernel: { kind: "kernel", of: kernel },
  arguments: [{ kind: "panel", name: "panel", columns: CANDLE_COLUMNS }],
  outputs: { value: { kind: "fixed", cell: fraction } },
  scope: "inputs",
  clocked: false,
});

/**
 * Balance of power, -1 to 1 (Livshin 2001): `(close - open) / (high - low)`; 0 for a bar without a range. TA-Lib's `BOP`.
 *
 * First valid: 0. Settles: there.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`
 * @example
 * const power = sma(balanceOfPower(bars), 14);
 */
export function balanceOfPower<I extends Interval, A extends Scope>(
  panel: Panel<Ohlc, I, A>,
): Column<F64<"fraction">, I, A> {
  return build(balanceOfPowerSignature, [panel]) as Column<F64<"fraction">, I, A>;
}
