import type { F64 } from "../schema/cell.ts";
import { price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Ohlcv } from "../schema/schema.ts";
import type { Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { type AnchoredHighest, createAnchoredHighest, runAnchoredHighest } from "./anchored-highest.ts";
import { barsOf } from "./anchored-rows.ts";
import { build, signature } from "./indicator.ts";

interface State {
  readonly highest: AnchoredHighest;
  readonly lowest: AnchoredHighest;
}

const kernel: Kernel<State> = {
  name: "donchian",
  version: 1,
  inputs: ["high", "low"],
  outputs: ["mid", "upper", "lower"],
  firstValid: (params) => barsOf(params) - 1,
  settle: (params) => barsOf(params) - 1,
  create: (params) => ({
    highest: createAnchoredHighest(params, 1),
    lowest: createAnchoredHighest(params, -1),
  }),
  run({ highest, lowest }, inputs, outputs, from, to, stamps) {
    const mid = outputs[0]!;
    const upper = outputs[1]!;
    const lower = outputs[2]!;
    runAnchoredHighest(highest, inputs[0]!, upper, from, to, stamps);
    runAnchoredHighest(lowest, inputs[1]!, lower, from, to, stamps);
    for (let row = from; row < to; row++) mid[row] = (upper[row]! + lower[row]!) / 2;
  },
};

export const donchianSignature = signature({
  name: "donchian",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price } },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: {
    mid: { kind: "fixed", cell: price },
    upper: { kind: "fixed", cell: price },
    lower: { kind: "fixed", cell: price },
  },
  scope: "inputs",
  clocked: true,
});

/**
 * Donchian channel: the highest high and the lowest low of the last `bars`, the newest included, and the middle between them (TA-Lib's
 * `MIDPRICE`). For a breakout compare with the channel of the bar before.
 *
 * First valid: `bars - 1`. Settles: there. A NaN is seen by exactly the windows that hold it.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const breakout = above(bars.close, lag(donchian(bars, 20).upper, 1));
 */
export function donchian<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<Pick<Ohlcv, "high" | "low">, I, A>,
  bars: Period<N>,
): Panel<{ mid: F64<"price">; upper: F64<"price">; lower: F64<"price"> }, I, A> {
  return build(donchianSignature, [panel, bars]) as Panel<
    { mid: F64<"price">; upper: F64<"price">; lower: F64<"price"> },
    I,
    A
  >;
}
