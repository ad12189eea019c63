import type { F64 } from "../schema/cell.ts";
import { price } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Ohlcv } from "../schema/schema.ts";
import type { Column, Panel, Scope } from "../strategy/column.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { build, signature } from "./indicator.ts";

interface State {
  readonly step: number;
  readonly most: number;
  /** 0 before the first finite bar, 1 after it, 2 from the second on. */
  started: 0 | 1 | 2;
  long: boolean;
  /** High and low of the bar before, the stop, the extreme of the trend, the gain. */
  readonly memory: Float64Array;
}

const kernel: Kernel<State> = {
  name: "parabolicSar",
  version: 1,
  inputs: ["high", "low"],
  outputs: ["value"],
  firstValid: () => 1,
  settle: () => Number.POSITIVE_INFINITY,
  create: (params) => ({
    step: params["step"] as number,
    most: params["most"] as number,
    started: 0,
    long: true,
    memory: new Float64Array(5),
  }),
  run(state, inputs, outputs, from, to) {
    const { step, memory } = state;
    const high = inputs[0]!;
    const low = inputs[1]!;
    const output = outputs[0]!;
    const most = Math.max(step, state.most);
    const first = Math.min(step, state.most);
    let [lastHigh, lastLow, stop, extreme, gain] = [memory[0]!, memory[1]!, memory[2]!, memory[3]!, memory[4]!];
    for (let row = from; row < to; row++) {
      const h = high[row]!;
      const l = low[row]!;
      const finite = h - l;
      if (finite - finite !== 0 || state.started === 0) {
        output[row] = Number.NaN;
        if (finite - finite === 0) {
          state.started = 1;
          lastHigh = h;
          lastLow = l;
        }
        continue;
      }
      if (state.started === 1) {
        state.started = 2;
        const fall = lastLow - l;
        state.long = !(fall > 0 && fall > h - lastHigh);
        extreme = state.long ? h : l;
        stop = state.long ? lastLow : lastHigh;
        gain = first;
        // The first bar knows no earlier one than itself.
        lastHigh = h;
        lastLow = l;
      }
      const { long } = state;
      if (long ? l <= stop : h >= stop) {
        stop = long ? Math.max(extreme, lastHigh, h) : Math.min(extreme, lastLow, l);
        output[row] = stop;
        state.long = !long;
        gain = first;
        extreme = long ? l : h;
        stop += gain * (extreme - stop);
        stop = long ? Math.max(stop, lastHigh, h) : Math.min(stop, lastLow, l);
      } else {
        output[row] = stop;
        if (long ? h > extreme : l < extreme) {
          extreme = long ? h : l;
          gain = Math.min(most, gain + first);
        }
        stop += gain * (extreme - stop);
        stop = long ? Math.min(stop, lastLow, l) : Math.max(stop, lastHigh, h);
      }
      lastHigh = h;
      lastLow = l;
    }
    memory[0] = lastHigh;
    memory[1] = lastLow;
    memory[2] = stop;
    memory[3] = extreme;
    memory[4] = gain;
  },
};

export const parabolicSarSignature = signature({
  name: "parabolicSar",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "panel", name: "panel", columns: { high: price, low: price } },
    { kind: "number", name: "step", above: 0 },
    { kind: "number", name: "most", above: 0 },
  ],
  outputs: { value: { kind: "fixed", cell: price } },
  scope: "inputs",
  clocked: false,
});

/**
 * Parabolic stop and reverse (Wilder 1978, "New Concepts in Technical Trading Systems", section II): a stop that closes in on the trend's
 * extreme by a gain of `step`, which grows by `step` with every new extreme up to `most`, and turns when it is touched. TA-Lib's `SAR`.
 *
 * First valid: 1. Settles: never, for it remembers the last turn, whenever that was. A bar with a NaN or infinity gives NaN and is left out.
 *
 * @throws `strategy.missing-column`, `strategy.wrong-dtype`, `strategy.invalid-number` for a step or most that is not above 0
 * @example
 * const trail = parabolicSar(bars, 0.02, 0.2);
 */
export function parabolicSar<I extends Interval, A extends Scope>(
  panel: Panel<Pick<Ohlcv, "high" | "low">, I, A>,
  step: number,
  most: number,
): Column<F64<"price">, I, A> {
  return build(parabolicSarSignature, [panel, step, most]) as Column<F64<"price">, I, A>;
}
