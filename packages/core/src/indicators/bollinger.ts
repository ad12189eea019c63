import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { type AnchoredMoments, createAnchoredMoments, runAnchoredMoments } from "./anchored-moments.ts";
import { barsOf } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import { build, NUMBERS, signature } from "./indicator.ts";

interface State {
  readonly width: number;
  readonly sum: AnchoredSum;
  readonly moments: AnchoredMoments;
}

const kernel: Kernel<State> = {
  name: "bollinger",
  version: 1,
  inputs: ["column"],
  outputs: ["mid", "upper", "lower"],
  firstValid: (params) => barsOf(params) - 1,
  settle: (params) => barsOf(params) - 1,
  create: (params, [grid]) => ({
    width: params["width"] as number,
    sum: createAnchoredSum(params, grid),
    moments: createAnchoredMoments(params),
  }),
  run({ width, sum, moments }, inputs, outputs, from, to, stamps) {
    const mid = outputs[0]!;
    const upper = outputs[1]!;
    const lower = outputs[2]!;
    const { bars } = sum;
    runAnchoredSum(sum, inputs[0]!, mid, bars, from, to, stamps);
    runAnchoredMoments(moments, inputs[0]!, upper, lower, from, to, stamps);
    for (let row = from; row < to; row++) {
      const distance = width * Math.sqrt(lower[row]! / bars);
      upper[row] = mid[row]! + distance;
      lower[row] = mid[row]! - distance;
    }
  },
};

export const bollingerSignature = signature({
  name: "bollinger",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "bars", least: 1 },
    { kind: "number", name: "width", least: 0 },
  ],
  outputs: {
    mid: { kind: "float-of", argument: "column" },
    upper: { kind: "float-of", argument: "column" },
    lower: { kind: "float-of", argument: "column" },
  },
  scope: "inputs",
  clocked: true,
});

export type Bands<U extends Unit> = {
  mid: F64<U>;
  upper: F64<U>;
  lower: F64<U>;
};

/**
 * Bollinger bands: the mean of the last `bars` values (bit for bit that of {@link sma}), and `width` *population* standard
 * deviations (divided by `bars`) on either side. TA-Lib's `BBANDS` with a simple average.
 *
 * First valid: `bars - 1`. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`, `strategy.invalid-number` for a width below 0
 * @example
 * const { upper } = bollinger(bars.close, 20, 2);
 */
export function bollinger<U extends Unit, I extends Interval, A extends Scope, const N extends number>(
  column: Column<Num<U>, I, A>,
  bars: Period<N>,
  width: number,
): Panel<Bands<U>, I, A> {
  return build(bollingerSignature, [column, bars, width]) as Panel<Bands<U>, I, A>;
}
