import type { ColumnArray } from "../schema/cell.ts";
import type { KernelNode } from "../strategy/graph.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { type ColumnBuffer, type Lent, PassingColumn, roomFor } from "./column-buffer.ts";
import type { SeriesPlan } from "./series-plan.ts";
import type { KernelLink, Step } from "./step.ts";
import type { Tail } from "./tail.ts";
import type { Follower, Timeline } from "./timeline.ts";

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
export class KernelStep implements Step, Follower {
  readonly node: number;
  readonly link?: KernelLink;
  private readonly plan: SeriesPlan;
  private readonly timeline: Timeline;
  private readonly kernel: Kernel;
  private readonly state: unknown;
  private readonly inputs: readonly ColumnBuffer[];
  private readonly outputs: readonly ColumnBuffer[];
  private readonly gathered: readonly GatheredInput[];
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
    this.inputs = inputs;
    this.outputs = outputs;
    this.gathered = gatheredInputs(inputs, plan, scratch);
    this.reads = inputs.map(viewOf);
    this.writes = outputs.map(viewOf);
    this.follow();
    timeline.followers.push(this);
    if (this.gathered.length === 0)
      this.link = {
        timeline,
        firstInput,
        kernel,
        state: this.state,
        reads: this.reads,
        writes: this.writes,
        passing: outputs.map((output) => output instanceof PassingColumn),
      };
  }

  follow(): void {
    const { timeline, inputs, outputs, gathered, reads, writes } = this;
    for (let k = 0; k < inputs.length; k++) reads[k] = inputs[k]!.view;
    for (let k = 0; k < gathered.length; k++) reads[gathered[k]!.input] = roomFor(gathered[k]!.copy, timeline.capacity);
    for (let k = 0; k < outputs.length; k++) writes[k] = outputs[k]!.view;
  }

  run(): void {
    const { timeline, plan, gathered, reads, writes } = this;
    const from = Math.max(timeline.cursor, plan.firstInput);
    const to = timeline.target;
    if (from >= to) return;
    for (const one of gathered) gather(one, reads[one.input]!, timeline, from, to);
    const { base } = timeline;
    this.kernel.run(this.state, reads, writes, from - base, to - base, timeline.view);
  }
}

/** An input whose rows are others than those of the kernel: it reads a copy. */
interface GatheredInput {
  readonly input: number;
  readonly source: ColumnBuffer;
  /** The source row of each row of the kernel. */
  readonly map: Tail<Int32Array>;
  readonly copy: Lent;
}

function viewOf({ view }: ColumnBuffer): ColumnArray {
  return view;
}

const NONE: readonly GatheredInput[] = [];

function gatheredInputs(
  inputs: readonly ColumnBuffer[],
  { sources }: SeriesPlan,
  scratch: readonly Lent[],
): readonly GatheredInput[] {
  if (scratch.length === 0) return NONE;
  const gathered: GatheredInput[] = [];
  for (const [input, source] of inputs.entries()) {
    const { map } = sources[input]!;
    if (map !== undefined) gathered.push({ input, source, map, copy: scratch[gathered.length]! });
  }
  return gathered;
}

/** Copies rows `[from, to)` of the reader's timeline. */
function gather(
  { map, source }: GatheredInput,
  cells: ColumnArray,
  { base }: Timeline,
  from: number,
  to: number,
): void {
  const { view } = source;
  const origin = source.timeline.base;
  for (let row = from; row < to; row++) cells[row - base] = view[map.cells[row - map.origin]! - origin]!;
}
