import type { CrossKernel } from "../strategy/kernel.ts";
import { NUMBERS, signature } from "./indicator.ts";

const kernel: CrossKernel = {
  name: "cross.demean",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  run(_params, inputs, outputs, count) {
    const input = inputs[0]!;
    const output = outputs[0]!;
    let present = 0;
    let sum = 0;
    for (let symbol = 0; symbol < count; symbol++) {
      if (Number.isNaN(input[symbol])) continue;
      present++;
      sum += input[symbol]!;
    }
    const mean = sum / present;
    for (let symbol = 0; symbol < count; symbol++) output[symbol] = input[symbol]! - mean;
  },
};

export const demeanSignature = signature({
  name: "cross.demean",
  kernel: { kind: "cross-kernel", of: kernel },
  arguments: [{ kind: "column", name: "column", dtypes: NUMBERS }],
  outputs: { value: { kind: "float-of", argument: "column" } },
  scope: "symbol",
  clocked: false,
});
