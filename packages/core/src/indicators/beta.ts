import type { F64, Num } from "../schema/cell.ts";
import { f64 } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import { comoments } from "./comoments.ts";
import { build, NUMBERS, signature, type WiderScope } from "./indicator.ts";
import { pairKernel } from "./window-rows.ts";

const kernel = pairKernel("beta", 1, ["asset", "market"], (a, b, at, bars) => {
  const { ab, bb } = comoments(a, at, b, at, bars);
  return bb === 0 ? Number.NaN : ab / bb;
});

export const betaSignature = signature({
  name: "beta",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "asset", dtypes: NUMBERS },
    { kind: "column", name: "market", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 2 },
  ],
  outputs: { value: { kind: "fixed", cell: f64 } },
  scope: "inputs",
  clocked: false,
});

/**
 * Slope of the asset over the market in the last `bars` pairs: their covariance over the market's variance; NaN while the market does not
 * vary. Pass returns. (TA-Lib's `BETA` takes them itself.)
 *
 * First valid: `bars - 1`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it. Costs grow with `bars`.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`, `strategy.mixed-intervals`
 * @example
 * const exposure = beta(returns(bars.close, 1), returns(index.close, 1), 250);
 */
export function beta<I extends Interval, A extends Scope, B extends Scope, const N extends number>(
  asset: Column<Num, I, A>,
  market: Column<Num, NoInfer<I>, B>,
  bars: Period<N>,
): Column<F64, I, WiderScope<A, B>> {
  return build(betaSignature, [asset, market, bars]) as Column<F64, I, WiderScope<A, B>>;
}
