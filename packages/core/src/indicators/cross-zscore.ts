import { f64 } from "../schema/cell.ts";
import type { CrossKernel } from "../strategy/kernel.ts";
import { NUMBERS, signature } from "./indicator.ts";

const kernel: CrossKernel = {
  name: "cross.zscore",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  run(_params, inputs, outputs, count) {
    const input = inputs[0]!;
    const output = outputs[0]!;
    let present = 0;
    let sum = 0;
    for (let symbol = 0; symbol < count; symbol++) {
      const x = input[symbol]!;
      if (Number.isNaN(x)) continue;
      present++;
      sum += x;
    }
    const mean = sum / present;
    let squares = 0;
    let rest = 0;
    for (let symbol = 0; symbol < count; symbol++) {
      if (Number.isNaN(input[symbol])) continue;
      const deviation = input[symbol]! - mean;
      squares += deviation * deviation;
      rest += deviation;
    }
    // The second term takes out the rounding of the mean (Chan, Golub and LeVeque 1983, the corrected two-pass algorithm).
    const deviations = Math.sqrt((squares - (rest * rest) / present) / (present - 1));
    for (let symbol = 0; symbol < count; symbol++)
      output[symbol] = deviations > 0 ? (input[symbol]! - mean) / deviations : Number.NaN;
  },
};

export const crossZscoreSignature = signature({
  name: "cross.zscore",
  kernel: { kind: "cross-kernel", of: kernel },
  arguments: [{ kind: "column", name: "column", dtypes: NUMBERS }],
  outputs: { value: { kind: "fixed", cell: f64 } },
  scope: "symbol",
  clocked: false,
});
