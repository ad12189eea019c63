import type { F64 } from "../schema/cell.ts";
import { price, quantity } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { BookTop } from "../schema/schema.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import { build, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";

interface State {
  /** The touch before: bid, its size, ask, its size. */
  readonly last: Float64Array;
  readonly sum: AnchoredSum;
}

const kernel: Kernel<State> = {
  name: "orderFlow",
  version: 1,
  inputs: ["bid", "bidSize", "ask", "askSize"],
  outputs: ["value"],
  firstValid: barsOf,
  settle: barsOf,
  create: (params) => ({
    last: new Float64Array(4).fill(Number.NaN),
    sum: createAnchoredSum(params),
  }),
  run({ last, sum }, inputs, outputs, from, to, stamps) {
    const flows = scratchColumn(0, stamps);
    for (let row = from; row < to; row++) {
      const bid = inputs[0]![row]!;
      const bidSize = inputs[1]![row]!;
      const ask = inputs[2]![row]!;
      const askSize = inputs[3]![row]!;
      const bought = (bid >= last[0]! ? bidSize : 0) - (bid <= last[0]! ? last[1]! : 0);
      const sold = (ask <= last[2]! ? askSize : 0) - (ask >= last[2]! ? last[3]! : 0);
      // A comparison with what is no number is false, and would pass for an unchanged price.
      flows[row] = bought - sold + 0 * (bid - last[0]! + ask - last[2]!);
      last[0] = bid;
      last[1] = bidSize;
      last[2] = ask;
      last[3] = askSize;
    }
    runAnchoredSum(sum, flows, outputs[0]!, 1, from, to, stamps);
  },
};

export const orderFlowSignature = signature({
  name: "orderFlow",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "book", columns: { bid: price, bidSize: quantity, ask: price, askSize: quantity } },
    { kind: "period", name: "bars", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: quantity } },
  scope: "inputs",
  clocked: true,
});

/**
 * Order-flow imbalance (Cont, Kukanov and Stoikov 2014, "The price impact of order book events", section 2.1): what was added to the best bid
 * and taken from the best offer, less the opposite, over the last `bars` changes of the touch.
 *
 * First valid: `bars`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const pressure = orderFlow(top, 60);
 */
export function orderFlow<I extends Interval, A extends Scope, const N extends number>(
  book: Panel<BookTop, I, A>,
  bars: Period<N>,
): Column<F64<"quantity">, I, A> {
  return build(orderFlowSignature, [book, bars]) as Column<F64<"quantity">, I, A>;
}
