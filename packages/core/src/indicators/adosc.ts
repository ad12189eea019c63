import type { F64 } from "../schema/cell.ts";
import { price, quantity } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Ohlcv } from "../schema/schema.ts";
import type { Column, Panel, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, signature } from "./indicator.ts";
import { moneyFlow } from "./money-flow.ts";
import { gainOf } from "./smoothing.ts";

interface State {
  readonly fast: number;
  readonly slow: number;
  /** Finite bars before the first output. */
  left: number;
  /** Both averages begin at the first sum. */
  started: boolean;
  /** How far each average is behind the running sum, which itself, growing without bound, would cost digits. */
  readonly lags: Float64Array;
}

const kernel: Kernel<State> = {
  name: "adosc",
  version: 1,
  inputs: ["high", "low", "close", "volume"],
  outputs: ["value"],
  firstValid: (params) => Math.max(params["fast"] as number, params["slow"] as number) - 1,
  settle: (params) =>
    Math.max(params["fast"] as number, params["slow"] as number) -
    1 +
    rowsToForget(Math.min(...["fast", "slow"].map((name) => gainOf(params[name] as number)))),
  create: (params) => ({
    fast: gainOf(params["fast"] as number),
    slow: gainOf(params["slow"] as number),
    left: Math.max(params["fast"] as number, params["slow"] as number),
    started: false,
    lags: new Float64Array(2),
  }),
  run(state, inputs, outputs, from, to) {
    const { fast, slow, lags } = state;
    const output = outputs[0]!;
    let behindFast = lags[0]!;
    let behindSlow = lags[1]!;
    for (let row = from; row < to; row++) {
      const flow = moneyFlow(inputs, row);
      if (flow - flow !== 0) {
        output[row] = Number.NaN;
        continue;
      }
      if (state.started) {
        behindFast = (behindFast + flow) * (1 - fast);
        behindSlow = (behindSlow + flow) * (1 - slow);
      }
      state.started = true;
      if (state.left > 0) state.left--;
      output[row] = state.left > 0 ? Number.NaN : behindSlow - behindFast;
    }
    lags[0] = behindFast;
    lags[1] = behindSlow;
  },
};

export const adoscSignature = signature({
  name: "adosc",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price, close: price, volume: quantity } },
    { kind: "period", name: "fast", least: 1 },
    { kind: "period", name: "slow", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: quantity } },
  scope: "inputs",
  clocked: false,
});

/**
 * Chaikin's oscillator: the exponential average of {@link accumulation} over `fast` bars less that over `slow` bars. TA-Lib's `ADOSC`.
 *
 * First valid: `max(fast, slow) - 1`. Settles: when the start weighs less than 1e-14. A NaN or infinity gives NaN on its bar and is
 * left out otherwise.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const drive = adosc(bars, 3, 10);
 */
export function adosc<I extends Interval, A extends Scope, const N extends number, const M extends number>(
  panel: Panel<Pick<Ohlcv, "high" | "low" | "close" | "volume">, I, A>,
  fast: Period<N>,
  slow: Period<M>,
): Column<F64<"quantity">, I, A> {
  return build(adoscSignature, [panel, fast, slow]) as Column<F64<"quantity">, I, A>;
}
