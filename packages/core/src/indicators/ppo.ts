import type { F64, Num } from "../schema/cell.ts";
import { percent } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Period, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, NUMBERS, signature } from "./indicator.ts";
import { scratchColumn } from "./scratch.ts";
import { createSmoothing, gainOf, runSmoothing, type Smoothing } from "./smoothing.ts";

interface State {
  readonly fast: Smoothing;
  readonly slow: Smoothing;
}

const kernel: Kernel<State> = {
  name: "ppo",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: (params) => Math.max(params["fast"] as number, params["slow"] as number) - 1,
  settle: (params) =>
    Math.max(params["fast"] as number, params["slow"] as number) -
    1 +
    rowsToForget(Math.min(...["fast", "slow"].map((name) => gainOf(params[name] as number)))),
  create: (params) => {
    const fast = params["fast"] as number;
    const slow = params["slow"] as number;
    return {
      fast: createSmoothing(fast, gainOf(fast)),
      slow: createSmoothing(slow, gainOf(slow)),
    };
  },
  run({ fast, slow }, inputs, outputs, from, to, stamps) {
    const output = outputs[0]!;
    const base = scratchColumn(0, stamps);
    runSmoothing(fast, inputs[0]!, output, from, to);
    runSmoothing(slow, inputs[0]!, base, from, to);
    for (let row = from; row < to; row++)
      output[row] = base[row] === 0 ? Number.NaN : 100 * ((output[row]! - base[row]!) / base[row]!);
  },
};

export const ppoSignature = signature({
  name: "ppo",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "fast", least: 1 },
    { kind: "period", name: "slow", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: percent } },
  scope: "inputs",
  clocked: false,
});

/**
 * Percentage price oscillator: `100 * (ema(fast) - ema(slow)) / ema(slow)`, each begun with its own first values; NaN from an average of 0.
 * TA-Lib's `PPO` with exponential averages.
 *
 * First valid: `max(fast, slow) - 1`. Settles: when the seeds weigh less than 1e-14. A NaN or infinity gives NaN on its bar and is
 * left out otherwise.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-period`
 * @example
 * const stretch = ppo(bars.close, 12, 26);
 */
export function ppo<I extends Interval, A extends Scope, const N extends number, const M extends number>(
  column: Column<Num, I, A>,
  fast: Period<N>,
  slow: Period<M>,
): Column<F64<"percent">, I, A> {
  return build(ppoSignature, [column, fast, slow]) as Column<F64<"percent">, I, A>;
}
