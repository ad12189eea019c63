import { fraction } from "../schema/cell.ts";
import type { CrossKernel } from "../strategy/kernel.ts";
import { NUMBERS, signature } from "./indicator.ts";

const kernel: CrossKernel = {
  name: "cross.rank",
  version: 1,
  inputs: ["column"],
  outputs: ["value"],
  run(_params, inputs, outputs, count) {
    const input = inputs[0]!;
    const output = outputs[0]!;
    const sorted = sortedOf(input, count);
    let ranked = count;
    while (ranked > 0 && Number.isNaN(sorted[ranked - 1])) ranked--;
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

// A cross kernel has no state; this holds nothing between calls and saves one array per bar.
let scratch = new Float64Array(0);

/** Ascending, NaN last. */
function sortedOf(values: Float64Array, count: number): Float64Array {
  if (scratch.length !== count) scratch = new Float64Array(count);
  for (let symbol = 0; symbol < count; symbol++) scratch[symbol] = values[symbol]!;
  return scratch.sort();
}

/** How many of the first `count` are below `x`, or not above it. */
function countBelow(sorted: Float64Array, count: number, x: number, orEqual: boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < x || (orEqual && sorted[middle] === x)) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const rankSignature = signature({
  name: "cross.rank",
  kernel: { kind: "cross-kernel", of: kernel },
  arguments: [{ kind: "column", name: "column", dtypes: NUMBERS }],
  outputs: { value: { kind: "fixed", cell: fraction } },
  scope: "symbol",
  clocked: false,
});
