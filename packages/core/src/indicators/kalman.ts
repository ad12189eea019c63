import type { F64, Num, Unit } from "../schema/cell.ts";
import type { Interval } from "../schema/interval.ts";
import type { Column, Scope } from "../strategy/column.ts";
import type { Kernel, KernelParams } from "../strategy/kernel.ts";
import { rowsToForget } from "./forgetting.ts";
import { build, NUMBERS, signature } from "./indicator.ts";

interface State {
  readonly process: number;
  readonly measurement: number;
  started: boolean;
  /** The estimate and its variance. */
  readonly belief: Float64Array;
}

const kernel: Kernel<State> = {
  name: "kalman",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  firstValid: () => 0,
  settle: (params) => {
    const { process, measurement } = variancesOf(params);
    const predicted = (process + Math.sqrt(process * process + 4 * process * measurement)) / 2;
    // Twice, for the gain has to settle before the estimate does.
    return 2 * rowsToForget(predicted / (predicted + measurement));
  },
  create: (params) => ({ ...variancesOf(params), started: false, belief: Float64Array.of(0, 1) }),
  run(state, inputs, outputs, from, to) {
    const { process, measurement, belief } = state;
    const input = inputs[0]!;
    const output = outputs[0]!;
    let estimate = belief[0]!;
    let variance = belief[1]!;
    let { started } = state;
    for (let row = from; row < to; row++) {
      const x = input[row]!;
      if (x - x !== 0) {
        output[row] = Number.NaN;
        continue;
      }
      if (started) {
        variance += process;
        const gain = variance / (variance + measurement);
        estimate += gain * (x - estimate);
        variance *= 1 - gain;
      } else {
        started = true;
        estimate = x;
      }
      output[row] = estimate;
    }
    belief[0] = estimate;
    belief[1] = variance;
    state.started = started;
  },
};

function variancesOf(params: KernelParams): { process: number; measurement: number } {
  return { process: params["processVariance"] as number, measurement: params["measurementVariance"] as number };
}

export const kalmanSignature = signature({
  name: "kalman",
  kernel: { kind: "kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "number", name: "processVariance", above: 0 },
    { kind: "number", name: "measurementVariance", above: 0 },
  ],
  outputs: { value: { kind: "float-of", argument: "column" } },
  scope: "inputs",
  clocked: false,
});

/**
 * Scalar Kalman filter of a random walk seen through noise (Kalman 1960; Welch and Bishop, "An Introduction to the Kalman
 * Filter", section 2.1): predict `p += processVariance`; correct by the gain `p / (p + measurementVariance)`. It begins at the
 * first finite value with variance 1.
 *
 * First valid: 0. Settles: when the first value weighs less than 1e-14. A NaN or infinity gives NaN on its bar and is no
 * observation.
 *
 * @throws `strategy.wrong-dtype`, `strategy.invalid-number` for a variance that is not above 0
 * @example
 * const level = kalman(bars.close, 1e-5, 1e-2);
 */
export function kalman<U extends Unit, I extends Interval, A extends Scope>(
  column: Column<Num<U>, I, A>,
  processVariance: number,
  measurementVariance: number,
): Column<F64<U>, I, A> {
  return build(kalmanSignature, [column, processVariance, measurementVariance]) as Column<F64<U>, I, A>;
}
