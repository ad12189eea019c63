import { f64, unit } from "../schema/cell.ts";
import type { CrossKernel } from "../strategy/kernel.ts";
import { ascending, countBelow } from "./ascending.ts";
import { NUMBERS, signature } from "./indicator.ts";

const kernel: CrossKernel = {
  name: "cross.bucket",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  run(params, inputs, outputs, count) {
    const input = inputs[0]!;
    const output = outputs[0]!;
    const { sorted, present } = ascending(input, count);
    const buckets = params["count"] as number;
    for (let symbol = 0; symbol < count; symbol++) {
      const x = input[symbol]!;
      output[symbol] = Number.isNaN(x)
        ? Number.NaN
        : Math.floor((countBelow(sorted, present, x, false) * buckets) / present);
    }
  },
};

export const bucketSignature = signature({
  name: "cross.bucket",
  kernel: { kind: "cross-kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "count", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: unit(f64, "bucket") } },
  scope: "symbol",
  clocked: false,
});
