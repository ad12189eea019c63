import type { F64 } from "../schema/cell.ts";
import { fraction, price, quantity } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Ohlcv } from "../schema/schema.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import { build, signature } from "./indicator.ts";
import { moneyFlow } from "./money-flow.ts";
import { scratchColumn } from "./scratch.ts";

interface State {
  readonly flow: AnchoredSum;
  readonly volume: AnchoredSum;
}

const kernel: Kernel<State> = {
  name: "cmf",
  version: 1,
  inputs: ["high", "low", "close", "volume"],
  outputs: ["value"],
  firstValid: (params) => barsOf(params) - 1,
  settle: (params) => barsOf(params) - 1,
  create: (params) => ({ flow: createAnchoredSum(params), volume: createAnchoredSum(params) }),
  run({ flow, volume }, inputs, outputs, from, to, stamps) {
    const output = outputs[0]!;
    const flows = scratchColumn(0, stamps);
    const traded = scratchColumn(1, stamps);
    for (let row = from; row < to; row++) flows[row] = moneyFlow(inputs, row);
    runAnchoredSum(flow, flows, output, 1, from, to, stamps);
    runAnchoredSum(volume, inputs[3]!, traded, 1, from, to, stamps);
    for (let row = from; row < to; row++) output[row] = traded[row] === 0 ? Number.NaN : output[row]! / traded[row]!;
  },
};

export const cmfSignature = signature({
  name: "cmf",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price, close: price, volume: quantity } },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: fraction } },
  scope: "inputs",
  clocked: true,
});

/**
 * Chaikin's money flow, -1 to 1: volume weighed by where the close lies in its bar (see {@link accumulation}), summed over `bars`, over the
 * volume; NaN when nothing traded.
 *
 * First valid: `bars - 1`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const flow = cmf(bars, 20);
 */
export function cmf<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<Pick<Ohlcv, "high" | "low" | "close" | "volume">, I, A>,
  bars: Period<N>,
): Column<F64<"fraction">, I, A> {
  return build(cmfSignature, [panel, bars]) as Column<F64<"fraction">, I, A>;
}
