import { bool } from "../schema/cell.ts";
import type { CrossKernel } from "../strategy/kernel.ts";
import { NUMBERS, signature } from "./indicator.ts";

const kernel: CrossKernel = {
  name: "cross.top",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  run(params, inputs, outputs, count) {
    const input = inputs[0]!;
    const output = outputs[0]!;
    const wanted = params["count"] as number;
    const bound = nthHighest(input, count, wanted);
    let above = 0;
    for (let symbol = 0; symbol < count; symbol++) if (input[symbol]! > bound) above++;
    let level = wanted - above;
    for (let symbol = 0; symbol < count; symbol++) {
      const x = input[symbol]!;
      output[symbol] = x > bound || (x === bound && level-- > 0) ? 1 : 0;
    }
  },
};

// A cross kernel has no state; this holds nothing between calls and saves one array per bar.
let scratch = new Float64Array(0);

/** The `nth` highest value that is not NaN; minus infinity when there are fewer. */
function nthHighest(values: Float64Array, count: number, nth: number): number {
  if (scratch.length !== count) scratch = new Float64Array(count);
  for (let symbol = 0; symbol < count; symbol++)
    scratch[symbol] = Number.isNaN(values[symbol]) ? Number.NEGATIVE_INFINITY : values[symbol]!;
  return nth > count ? Number.NEGATIVE_INFINITY : scratch.sort()[count - nth]!;
}

export const topSignature = signature({
  name: "cross.top",
  kernel: { kind: "cross-kernel", of: kernel },
  arguments: [
    { kind: "column", name: "column", dtypes: NUMBERS },
    { kind: "period", name: "count", least: 1 },
  ],
  outputs: { value: { kind: "fixed", cell: bool } },
  scope: "symbol",
  clocked: false,
});
