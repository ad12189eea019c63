import type { F64 } from "../schema/cell.ts";
import { fraction } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { type AnchoredMoments, createAnchoredMoments, runAnchoredMoments } from "./anchored-moments.ts";
import { barsOf } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import { CANDLE_COLUMNS, type Ohlc } from "./candle.ts";
import { build, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";

interface State {
  /** The close before. */
  readonly last: Float64Array;
  readonly overnight: AnchoredMoments;
  readonly session: AnchoredMoments;
  readonly within: AnchoredSum;
}

const kernel: Kernel<State> = {
  name: "yangZhang",
  version: 1,
  inputs: ["open", "high", "low", "close"],
  outputs: ["value"],
  firstValid: barsOf,
  settle: barsOf,
  create: (params) => ({
    last: Float64Array.of(Number.NaN),
    overnight: createAnchoredMoments(params),
    session: createAnchoredMoments(params),
    within: createAnchoredSum(params),
  }),
  run({ last, overnight, session, within }, inputs, outputs, from, to, stamps) {
    const open = inputs[0]!;
    const high = inputs[1]!;
    const low = inputs[2]!;
    const close = inputs[3]!;
    const output = outputs[0]!;
    const jumps = scratchColumn(0, stamps);
    const moves = scratchColumn(1, stamps);
    const ranges = scratchColumn(2, stamps);
    const unused = scratchColumn(3, stamps);
    const jumpSquares = scratchColumn(4, stamps);
    const moveSquares = scratchColumn(5, stamps);
    let before = last[0]!;
    for (let row = from; row < to; row++) {
      const o = open[row]!;
      const h = high[row]!;
      const l = low[row]!;
      const c = close[row]!;
      jumps[row] = Math.log(o / before);
      moves[row] = Math.log(c / o);
      ranges[row] = Math.log(h / c) * Math.log(h / o) + Math.log(l / c) * Math.log(l / o);
      before = c;
    }
    last[0] = before;
    const { bars } = within;
    runAnchoredMoments(overnight, jumps, unused, jumpSquares, from, to, stamps);
    runAnchoredMoments(session, moves, unused, moveSquares, from, to, stamps);
    runAnchoredSum(within, ranges, output, bars, from, to, stamps);
    const share = 0.34 / (1.34 + (bars + 1) / (bars - 1));
    for (let row = from; row < to; row++) {
      const between = (jumpSquares[row]! + share * moveSquares[row]!) / (bars - 1);
      output[row] = Math.sqrt(between + (1 - share) * output[row]!);
    }
  },
};

export const yangZhangSignature = signature({
  name: "yangZhang",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: CANDLE_COLUMNS },
    { kind: "period", name: "bars", least: 2 },
  ],
  outputs: { value: { kind: "fixed", cell: fraction } },
  scope: "inputs",
  clocked: true,
});

/**
 * Volatility that neither trends nor jumps disturb (Yang and Zhang 2000, "Drift-independent volatility estimation based on high, low, open, and
 * close prices"): the root of the sample variance of `ln(open / last close)`, plus k times that of `ln(close / open)`, plus 1 - k times the
 * variance of {@link rogersSatchell}, with `k = 0.34 / (1.34 + (bars + 1) / (bars - 1))`.
 *
 * First valid: `bars`. Settles: there. Per bar, not annualised: multiply by the root of the bars per year. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const risk = yangZhang(bars, 20);
 */
export function yangZhang<I extends Interval, A extends Scope, const N extends number>(
  panel: Panel<Ohlc, I, A>,
  bars: Period<N>,
): Column<F64<"fraction">, I, A> {
  return build(yangZhangSignature, [panel, bars]) as Column<F64<"fraction">, I, A>;
}
