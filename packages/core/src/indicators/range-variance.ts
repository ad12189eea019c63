import type { ColumnArray } from "../schema/cell.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";
import { type AnchoredSum, createAnchoredSum, runAnchoredSum } from "./anchored-sum.ts";
import { scratchColumn } from "./scratch.ts";

/** The variance of one bar, estimated from its own prices. */
export type BarVariance = (inputs: readonly ColumnArray[], row: number) => number;

/** The kernel of the root of the mean of the last `bars` variances. Bars whose prices contradict each other may give NaN. */
export function rangeVarianceKernel(
  name: string,
  version: number,
  inputs: readonly string[],
  of: BarVariance,
): Kernel<AnchoredSum> {
  return {
    name,
    version,
    inputs,
    outputs: ["value"],
    firstValid: (params) => barsOf(params) - 1,
    settle: (params) => barsOf(params) - 1,
    create: (params) => createAnchoredSum(params),
    run(sum, columns, outputs, from, to, stamps) {
      const output = outputs[0]!;
      const variances = scratchColumn(0, stamps);
      for (let row = from; row < to; row++) variances[row] = of(columns, row);
      runAnchoredSum(sum, variances, output, sum.bars, from, to, stamps);
      for (let row = from; row < to; row++) output[row] = Math.sqrt(output[row]!);
    },
  };
}
