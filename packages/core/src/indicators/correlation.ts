import type { F64, Num } from "../schema/cell.ts";
import { fraction } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import { comoments, correlationOf } from "./comoments.ts";
import { build, NUMBERS, signature, type WiderScope } from "./indicator.ts";
import { pairKernel } from "./window-rows.ts";

const kernel = pairKernel("correlation", 1, ["a", "b"], (a, b, at, bars) =>
  correlationOf(comoments(a, at, b, at, bars)),
);

export const correlationSignature = signature({
  name: "correlation",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "a", dtypes: NUMBERS },
    { kind: "column", name: "b", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 2 },
  ],
  outputs: { value: { kind: "fixed", cell: fraction } },
  scope: "inputs",
  clocked: false,
});

/**
 * Pearson's correlation of the last `bars` pairs, -1 to 1; NaN while one side does not vary. TA-Lib's `CORREL`.
 *
 * First valid: `bars - 1`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it. Costs grow with `bars`.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`, `strategy.mixed-intervals`
 * @example
 * const together = correlation(returns(a.close, 1), returns(b.close, 1), 60);
 */
export function correlation<I extends Interval, A extends Scope, B extends Scope, const N extends number>(
  a: Column<Num, I, A>,
  b: Column<Num, NoInfer<I>, B>,
  bars: Period<N>,
): Column<F64<"fraction">, I, WiderScope<A, B>> {
  return build(correlationSignature, [a, b, bars]) as Column<F64<"fraction">, I, WiderScope<A, B>>;
}
