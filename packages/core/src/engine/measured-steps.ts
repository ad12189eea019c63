import type { Step } from "./step.ts";

/**
 * Steps that add to `spent`, by the index of their node, how long each run of them took: two readings of the clock per step and slice.
 *
 * @param clock monotonic, in the unit of `spent`
 */
export function measuredSteps(steps: readonly Step[], clock: () => number, spent: Float64Array): readonly Step[] {
  return steps.map(
    (step): Step => ({
      node: step.node,
      run() {
        const began = clock();
        step.run();
        spent[step.node]! += clock() - began;
      },
    }),
  );
}
