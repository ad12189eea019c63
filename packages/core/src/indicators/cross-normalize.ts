import { fraction } from "../schema/cell.ts";
import type { CrossKernel } from "../strategy/kernel.ts";
import { NUMBERS, signature } from "./indicator.ts";

const kernel: CrossKernel = {
  name: "cross.normalize",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  run(params, inputs, outputs, count) {
    const input = inputs[0]!;
    const output = outputs[0]!;
    let sum = 0;
    for (let symbol = 0; symbol < count; symbol++) {
      const size = Math.abs(input[symbol]!);
      if (!Number.isNaN(size)) sum += size;
    }
    const gross = params["gross"] as number;
    for (let symbol = 0; symbol < count; symbol++)
      output[symbol] = sum === 0 ? input[symbol]! : (input[symbol]! / sum) * gross;
  },
};

export const normalizeSignature = signature({
  name: "cross.normalize",
  kernel: { kind: "cross-kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "number", name: "gross", above: 0 },
  ],
  outputs: { value: { kind: "fixed", cell: fraction } },
  scope: "symbol",
  clocked: false,
});
