import type { KernelNode } from "../strategy/graph.ts";
import type { ColumnBuffer, Lent } from "./column-buffer.ts";
import type { SeriesPlan } from "./series-plan.ts";
import { alignInput, gatherInput, type Step } from "./step.ts";

export interface KernelStepOptions {
  readonly node: KernelNode;
  readonly plan: SeriesPlan;
  /** In the order of the kernel's inputs and outputs. */
  readonly inputs: readonly ColumnBuffer[];
  readonly outputs: readonly ColumnBuffer[];
  /** Per input, see `Kernel.create`. */
  readonly grids: readonly number[];
  /** Arrays for copies of the inputs that are read through a map, in their order. */
  readonly scratch: readonly Lent[];
}

/** A kernel over one series. It sees rows from the first one whose inputs are all valid. */
export function kernelStep({ node, plan, inputs, outputs, grids, scratch }: KernelStepOptions): Step {
  const { timeline, firstInput } = plan;
  const { kernel } = node;
  const state = kernel.create(node.params, grids);
  let copies = 0;
  const aligned = inputs.map((buffer, k) => {
    const { map } = plan.sources[k]!;
    return alignInput(buffer, map, timeline, map && scratch[copies++]);
  });
  const mapped = aligned.filter(({ map }) => map !== undefined);
  // The same two arrays for ever, so that whoever runs the kernel may keep them.
  const reads = aligned.map(({ cells }) => cells);
  const writes = outputs.map(({ view }) => view);
  timeline.moved.push(() => {
    for (let k = 0; k < reads.length; k++) reads[k] = aligned[k]!.cells;
    for (let k = 0; k < writes.length; k++) writes[k] = outputs[k]!.view;
  });
  return {
    node: node.index,
    ...(mapped.length === 0 && { link: { timeline, firstInput, kernel, state, reads, writes } }),
    run() {
      const from = Math.max(timeline.cursor, plan.firstInput);
      const to = timeline.target;
      if (from >= to) return;
      for (const input of mapped) gatherInput(input, timeline, from, to);
      const { base } = timeline;
      kernel.run(state, reads, writes, from - base, to - base, timeline.view);
    },
  };
}
