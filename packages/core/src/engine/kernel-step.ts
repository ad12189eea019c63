import type { ColumnArray } from "../schema/cell.ts";
import type { KernelNode } from "../strategy/graph.ts";
import type { Kernel } from "../strategy/kernel.ts";
import type { ColumnBuffer, Lent } from "./column-buffer.ts";
import type { SeriesPlan } from "./series-plan.ts";
import { type AlignedInput, alignInput, gatherInput, type KernelLink, type Step } from "./step.ts";
import type { Timeline } from "./timeline.ts";

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
export class KernelStep implements Step {
  readonly node: number;
  readonly link?: KernelLink;
  private readonly plan: SeriesPlan;
  private readonly timeline: Timeline;
  private readonly kernel: Kernel;
  private readonly state: unknown;
  /** Of the inputs, those that are read through a map. */
  private readonly mapped: readonly AlignedInput[];
  // The same two arrays for ever, so that whoever runs the kernel may keep them.
  private readonly reads: ColumnArray[];
  private readonly writes: ColumnArray[];

  constructor({ node, plan, inputs, outputs, grids, scratch }: KernelStepOptions) {
    const { timeline, firstInput } = plan;
    const { kernel } = node;
    this.node = node.index;
    this.plan = plan;
    this.timeline = timeline;
    this.kernel = kernel;
    this.state = kernel.create(node.params, grids);
    let copies = 0;
    const aligned = inputs.map((buffer, k) => {
      const { map } = plan.sources[k]!;
      return alignInput(buffer, map, timeline, map && scratch[copies++]);
    });
    this.mapped = aligned.filter(({ map }) => map !== undefined);
    const reads = aligned.map(({ cells }) => cells);
    const writes = outputs.map(({ view }) => view);
    timeline.moved.push(() => {
      for (let k = 0; k < reads.length; k++) reads[k] = aligned[k]!.cells;
      for (let k = 0; k < writes.length; k++) writes[k] = outputs[k]!.view;
    });
    this.reads = reads;
    this.writes = writes;
    if (this.mapped.length === 0) this.link = { timeline, firstInput, kernel, state: this.state, reads, writes };
  }

  run(): void {
    const { timeline, plan, mapped, reads, writes } = this;
    const from = Math.max(timeline.cursor, plan.firstInput);
    const to = timeline.target;
    if (from >= to) return;
    for (const input of mapped) gatherInput(input, timeline, from, to);
    const { base } = timeline;
    this.kernel.run(this.state, reads, writes, from - base, to - base, timeline.view);
  }
}
