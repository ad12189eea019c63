import type { KernelNode } from "../strategy/graph.ts";
import type { ColumnBuffer } from "./column-buffer.ts";
import type { SeriesPlan } from "./plan.ts";
import { alignInput, type Step } from "./step.ts";

export interface KernelStepOptions {
  readonly node: KernelNode;
  readonly plan: SeriesPlan;
  /** In the order of the kernel's inputs and outputs. */
  readonly inputs: readonly ColumnBuffer[];
  readonly outputs: readonly ColumnBuffer[];
}

/** A kernel over one series. It sees rows from the first one whose inputs are all valid. */
export function kernelStep({ node, plan, inputs, outputs }: KernelStepOptions): Step {
  const { timeline, firstInput } = plan;
  const state = node.kernel.create(node.params);
  const aligned = inputs.map((buffer, k) => alignInput(buffer, plan.sources[k]!, timeline));
  const direct = aligned.every((_, k) => plan.sources[k]!.map === undefined);
  let reads = aligned.map(({ cells }) => cells);
  let writes = outputs.map(({ view }) => view);
  timeline.moved.push(() => {
    reads = aligned.map(({ cells }) => cells);
    writes = outputs.map(({ view }) => view);
  });
  const { kernel } = node;
  return {
    node: node.index,
    timelines: [timeline],
    run() {
      const from = timeline.cursor < firstInput ? firstInput : timeline.cursor;
      const to = timeline.target;
      if (from >= to) return 0;
      if (!direct) for (const input of aligned) input.gather(from, to);
      const { base } = timeline;
      kernel.run(state, reads, writes, from - base, to - base, timeline.view);
      return to - from;
    },
  };
}
