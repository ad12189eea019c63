import type { CrossKernel } from "../strategy/kernel.ts";
import { ascending } from "./ascending.ts";
import { NUMBERS, signature } from "./indicator.ts";
import { quantileOf } from "./quantile.ts";

const kernel: CrossKernel = {
  name: "cross.winsorize",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  run(params, inputs, outputs, count) {
    const input = inputs[0]!;
    const output = outputs[0]!;
    const { sorted, present } = ascending(input, count);
    const share = params["share"] as number;
    const low = quantileOf(sorted, present, share);
    const high = quantileOf(sorted, present, 1 - share);
    for (let symbol = 0; symbol < count; symbol++) {
      const x = input[symbol]!;
      output[symbol] = Number.isNaN(x) ? Number.NaN : Math.min(high, Math.max(low, x));
    }
  },
};

export const winsorizeSignature = signature({
  name: "cross.winsorize",
  kernel: { kind: "cross-kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "number", name: "share", least: 0, most: 0.5 },
  ],
  outputs: { value: { kind: "float-of", argument: "column" } },
  scope: "symbol",
  clocked: false,
});
