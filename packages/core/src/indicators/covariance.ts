import type { F64, Num } from "../schema/cell.ts";
import { f64 } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import { comoments } from "./comoments.ts";
import { build, NUMBERS, signature, type WiderScope } from "./indicator.ts";
import { pairKernel } from "./window-rows.ts";

const kernel = pairKernel(
  "covariance",
  1,
  ["a", "b"],
  (a, b, at, bars) => comoments(a, at, b, at, bars).ab / (bars - 1),
);

export const covarianceSignature = signature({
  name: "covariance",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "a", dtypes: NUMBERS },
    { kind: "column", name: "b", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 2 },
  ],
  outputs: { value: { kind: "fixed", cell: f64 } },
  scope: "inputs",
  clocked: false,
});

/**
 * Sample covariance of the last `bars` pairs: divides by `bars - 1`.
 *
 * First valid: `bars - 1`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it. Costs grow with `bars`.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`, `strategy.mixed-intervals`
 * @example
 * const together = covariance(returns(a.close, 1), returns(b.close, 1), 60);
 */
export function covariance<I extends Interval, A extends Scope, B extends Scope, const N extends number>(
  a: Column<Num, I, A>,
  b: Column<Num, NoInfer<I>, B>,
  bars: Period<N>,
): Column<F64, I, WiderScope<A, B>> {
  return build(covarianceSignature, [a, b, bars]) as Column<F64, I, WiderScope<A, B>>;
}
