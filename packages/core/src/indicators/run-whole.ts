import type { ColumnArray } from "../schema/cell.ts";
import type { Kernel, KernelParams } from "../strategy/kernel.ts";

/**
 * A kernel over whole columns, outside of any graph: for tests of a kernel, and for figures on data at hand.
 *
 * @returns its outputs by name, as floats (flags are 0 and 1); rows before its first valid one are NaN
 * @example
 * const { value } = runWhole(kernel, { bars: 20, interval: "1d" }, [closes], stamps);
 */
export function runWhole(
  kernel: Kernel,
  params: KernelParams,
  inputs: readonly ColumnArray[],
  stamps: Float64Array,
): Readonly<Record<string, Float64Array>> {
  const outputs = kernel.outputs.map(() => new Float64Array(stamps.length));
  kernel.run(kernel.create(params, []), inputs, outputs, 0, stamps.length, stamps);
  return Object.fromEntries(kernel.outputs.map((name, at) => [name, outputs[at]!]));
}
