import { fraction } from "../schema/cell.ts";
import type { CrossKernel } from "../strategy/kernel.ts";
import { ascending, countBelow } from "./ascending.ts";
import { NUMBERS, signature } from "./indicator.ts";

const kernel: CrossKernel = {
  name: "cross.rank",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  run(_params, inputs, outputs, count) {
    const input = inputs[0]!;
    const output = outputs[0]!;
    const { sorted, present: ranked } = ascending(input, count);
    for (let symbol = 0; symbol < count; symbol++) {
      const x = input[symbol]!;
      if (Number.isNaN(x)) output[symbol] = Number.NaN;
      else if (ranked === 1) output[symbol] = 0.5;
      else {
        const below = countBelow(sorted, ranked, x, false);
        const notAbove = countBelow(sorted, ranked, x, true);
        output[symbol] = (below + notAbove - 1) / 2 / (ranked - 1);
      }
    }
  },
};

export const rankSignature = signature({
  name: "cross.rank",
  kernel: { kind: "cross-kernel", of: kernel },
  arguments: [{ kind: "column", name: "column", dtypes: NUMBERS }],
  outputs: { value: { kind: "fixed", cell: fraction } },
  scope: "symbol",
  clocked: false,
});
