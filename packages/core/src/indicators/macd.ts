import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel, KernelParams } from "../strategy/kernel.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { createSmoothing, gainOf, runSmoothing, type Smoothing } from "./smoothing.ts";

interface State {
  readonly fast: Smoothing;
  readonly slow: Smoothing;
  readonly signal: Smoothing;
}

const kernel: Kernel<State> = {
  name: "macd",
  version: 1,
  inputs: ["column"],
  outputs: ["line", "signal", "histogram"],
  firstValid: firstValid,
  settle: (params) =>
    firstValid(params) +
    rowsToForget(Math.min(...["fast", "slow"].map((name) => gainOf(params[name] as number)))) +
    rowsToForget(gainOf(params["signal"] as number)),
  create: (params) => {
    const fast = params["fast"] as number;
    const slow = params["slow"] as number;
    const signal = params["signal"] as number;
    return {
      fast: createSmoothing(fast, gainOf(fast), Math.max(0, slow - fast)),
      slow: createSmoothing(slow, gainOf(slow), Math.max(0, fast - slow)),
      signal: createSmoothing(signal, gainOf(signal)),
    };
  },
  run({ fast, slow, signal }, inputs, outputs, from, to) {
    const line = outputs[0]!;
    const smooth = outputs[1]!;
    const histogram = outputs[2]!;
    runSmoothing(fast, inputs[0]!, line, from, to);
    runSmoothing(slow, inputs[0]!, histogram, from, to);
    for (let row = from; row < to; row++) line[row] = line[row]! - histogram[row]!;
    runSmoothing(signal, line, smooth, from, to);
    for (let row = from; row < to; row++) {
      histogram[row] = line[row]! - smooth[row]!;
      if (Number.isNaN(smooth[row])) line[row] = Number.NaN;
    }
  },
};

function firstValid(params: KernelParams): number {
  return Math.max(params["fast"] as number, params["slow"] as number) + (params["signal"] as number) - 2;
}

export const macdSignature = signature({
  name: "macd",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "fast", least: 1 },
    { kind: "period", name: "slow", least: 1 },
    { kind: "period", name: "signal", least: 1 },
  ],
  outputs: {
    line: { kind: "float-of", argument: "column" },
    signal: { kind: "float-of", argument: "column" },
    histogram: { kind: "float-of", argument: "column" },
  },
  scope: "inputs",
  clocked: false,
});

/**
 * Moving average convergence and divergence (Appel 1979): `line = ema(fast) - ema(slow)`, its average over `signal` bars, and the
 * distance of the two. Both averages begin on the same row: the shorter one leaves out what comes before its seed. TA-Lib's `MACD`.
 *
 * First valid: `max(fast, slow) + signal - 2`, for all three columns. Settles: when the seeds weigh less than 1e-14. A NaN or infinity gives NaN on its bar and is
 * left out otherwise.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const { histogram } = macd(bars.close, 12, 26, 9);
 */
export function macd<
  U extends Unit,
  I extends Interval,
  A extends Scope,
  const N extends number,
  const M extends number,
  const O extends number,
>(
  column: Column<Num<U>, I, A>,
  fast: Period<N>,
  slow: Period<M>,
  signal: Period<O>,
): Panel<{ line: F64<U>; signal: F64<U>; histogram: F64<U> }, I, A> {
  return build(macdSignature, [column, fast, slow, signal]) as Panel<
    { line: F64<U>; signal: F64<U>; histogram: F64<U> },
    I,
    A
  >;
}
