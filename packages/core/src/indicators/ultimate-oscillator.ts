import type { F64 } from "../schema/cell.ts";
import { percent, price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { paramsFor } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import type { HighLowClose } from "./atr.ts";
import { build, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";
import { runTrueRange } from "./true-range.ts";

const SPANS = ["short", "medium", "long"] as const;
const WEIGHTS = [400 / 7, 200 / 7, 100 / 7];

interface State {
  /** The close before. */
  readonly last: Float64Array;
  /** By span: sums of buying pressure and of true range. */
  readonly sums: readonly (readonly AnchoredSum[])[];
}

const kernel: Kernel<State> = {
  name: "ultimateOscillator",
  version: 1,
  inputs: ["high", "low", "close"],
  outputs: ["value"],
  firstValid: (params) => Math.max(...SPANS.map((name) => params[name] as number)),
  settle: (params) => Math.max(...SPANS.map((name) => params[name] as number)),
  create: (params) => ({
    last: Float64Array.of(Number.NaN),
    sums: SPANS.map((name) => [
      createAnchoredSum(paramsFor(params[name] as number, params)),
      createAnchoredSum(paramsFor(params[name] as number, params)),
    ]),
  }),
  run({ last, sums }, inputs, outputs, from, to, stamps) {
    const low = inputs[1]!;
    const close = inputs[2]!;
    const output = outputs[0]!;
    const pressures = scratchColumn(0, stamps);
    const ranges = scratchColumn(1, stamps);
    const pressure = scratchColumn(2, stamps);
    const range = scratchColumn(3, stamps);
    let before = last[0]!;
    for (let row = from; row < to; row++) {
      pressures[row] = close[row]! - Math.min(low[row]!, before);
      before = close[row]!;
    }
    runTrueRange(last, inputs[0]!, low, close, ranges, from, to);
    output.fill(0, from, to);
    for (const [at, [part, whole]] of sums.entries()) {
      runAnchoredSum(part!, pressures, pressure, 1, from, to, stamps);
      runAnchoredSum(whole!, ranges, range, 1, from, to, stamps);
      const weight = WEIGHTS[at]!;
      for (let row = from; row < to; row++)
        output[row] = output[row]! + (range[row] === 0 ? 0 * pressure[row]! : weight * (pressure[row]! / range[row]!));
    }
  },
};

export const ultimateOscillatorSignature = signature({
  name: "ultimateOscillator",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price, close: price } },
    { kind: "period", name: "short", least: 1 },
    { kind: "period", name: "medium", least: 1 },
    { kind: "period", name: "long", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: percent } },
  scope: "inputs",
  clocked: true,
});

/**
 * Ultimate oscillator, 0 to 100 (Williams 1985): buying pressure `close - min(low, last close)` over true range, summed over three
 * spans and weighed 4, 2 and 1; a span without any range counts 0. TA-Lib's `ULTOSC`.
 *
 * First valid: the longest span. Settles: there. A NaN or infinity is seen by exactly the windows that hold it.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const pressure = ultimateOscillator(bars, 7, 14, 28);
 */
export function ultimateOscillator<
  I extends Interval,
  A extends Scope,
  const N extends number,
  const M extends number,
  const O extends number,
>(
  panel: Panel<HighLowClose, I, A>,
  short: Period<N>,
  medium: Period<M>,
  long: Period<O>,
): Column<F64<"percent">, I, A> {
  return build(ultimateOscillatorSignature, [panel, short, medium, long]) as Column<F64<"percent">, I, A>;
}
