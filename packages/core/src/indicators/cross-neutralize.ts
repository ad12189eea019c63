import type { CrossKernel } from "../strategy/kernel.ts";
import { NUMBERS, signature } from "./indicator.ts";

const kernel: CrossKernel = {
  name: "cross.neutralize",
  version: 1,
  inputs: ["column", "against"],
  outputs: ["value"],
  run(_params, inputs, outputs, count) {
    const input = inputs[0]!;
    const against = inputs[1]!;
    const output = outputs[0]!;
    let present = 0;
    let mean = 0;
    let meanAgainst = 0;
    for (let symbol = 0; symbol < count; symbol++) {
      if (Number.isNaN(input[symbol]! + against[symbol]!)) continue;
      present++;
      mean += input[symbol]!;
      meanAgainst += against[symbol]!;
    }
    mean /= present;
    meanAgainst /= present;
    let together = 0;
    let squares = 0;
    for (let symbol = 0; symbol < count; symbol++) {
      if (Number.isNaN(input[symbol]! + against[symbol]!)) continue;
      const away = against[symbol]! - meanAgainst;
      together += away * (input[symbol]! - mean);
      squares += away * away;
    }
    // Where nothing can be told apart by it, only the mean goes.
    const slope = squares === 0 ? 0 : together / squares;
    for (let symbol = 0; symbol < count; symbol++)
      output[symbol] = input[symbol]! - mean - slope * (against[symbol]! - meanAgainst);
  },
};

export const neutralizeSignature = signature({
  name: "cross.neutralize",
  kernel: { kind: "cross-kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "column", name: "against", dtypes: NUMBERS },
  ],
  outputs: { value: { kind: "float-of", argument: "column" } },
  scope: "symbol",
  clocked: false,
});
