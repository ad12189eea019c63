import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { build, NUMBERS, signature, type WiderScope } from "./indicator.ts";

interface State {
  readonly since: number;
  /** Sums of price x volume and of volume. */
  readonly sums: Float64Array;
}

const kernel: Kernel<State> = {
  name: "anchoredVwap",
  version: 1,
  inputs: ["price", "volume"],
  outputs: ["value"],
  firstValid: () => 0,
  settle: () => Number.POSITIVE_INFINITY,
  create: (params) => ({ since: params["since"] as number, sums: new Float64Array(2) }),
  run({ since, sums }, inputs, outputs, from, to, stamps) {
    const price = inputs[0]!;
    const volume = inputs[1]!;
    const output = outputs[0]!;
    let turnover = sums[0]!;
    let traded = sums[1]!;
    for (let row = from; row < to; row++) {
      const amount = volume[row]!;
      const product = price[row]! * amount;
      if (!(stamps[row]! > since) || product - product !== 0 || amount - amount !== 0) {
        output[row] = Number.NaN;
        continue;
      }
      turnover += product;
      traded += amount;
      output[row] = traded === 0 ? Number.NaN : turnover / traded;
    }
    sums[0] = turnover;
    sums[1] = traded;
  },
};

export const anchoredVwapSignature = signature({
  name: "anchoredVwap",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "price", dtypes: NUMBERS },
    { kind: "column", name: "volume", dtypes: NUMBERS },
    { kind: "number", name: "since" },
  ],
  outputs: { value: { kind: "float-of", argument: "price" } },
  scope: "inputs",
  clocked: false,
});

/**
 * Volume-weighted average price of all bars that end after `since`, an instant in epoch milliseconds UTC; NaN before that, and
 * while nothing has traded.
 *
 * First valid: 0. Settles: never, for it sums from a fixed instant: data that begin after it give another answer. A bar with a
 * NaN or infinity gives NaN and is left out of the sums.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-number`, `strategy.mixed-intervals`
 * @example
 * const sinceTheLow = anchoredVwap(bars.close, bars.volume, Date.UTC(2020, 2, 23));
 */
export function anchoredVwap<U extends Unit, I extends Interval, A extends Scope, B extends Scope>(
  price: Column<Num<U>, I, A>,
  volume: Column<Num, NoInfer<I>, B>,
  since: number,
): Column<F64<U>, I, WiderScope<A, B>> {
  return build(anchoredVwapSignature, [price, volume, since]) as Column<F64<U>, I, WiderScope<A, B>>;
}
