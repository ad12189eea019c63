import type { ColumnArray } from "../schema/cell.ts";
import type { Kernel } from "../strategy/kernel.ts";
import { type ColumnBuffer, type Lent, roomFor } from "./column-buffer.ts";
import type { Tail } from "./tail.ts";
import type { Timeline } from "./timeline.ts";

/** The work of one node for one series, or of one node across its symbols. */
export interface Step {
  /** Index of the node. */
  readonly node: number;
  /** Computes the rows from each timeline's `cursor` to its `target`. */
  run(): void;
  /** Of a kernel that reads its own rows alone: all that running it takes. */
  readonly link?: KernelLink;
}

export interface KernelLink {
  readonly timeline: Timeline;
  readonly firstInput: number;
  readonly kernel: Kernel;
  readonly state: unknown;
  readonly reads: readonly ColumnArray[];
  readonly writes: readonly ColumnArray[];
}

/** A source column at the reader's rows: index 0 is the `base` of the reader's timeline. */
export interface AlignedInput {
  cells: ColumnArray;
  /** The source row of each row of the reader, where the two differ: `cells` is then a copy, made by {@link gatherInput}. */
  readonly map: Tail<Int32Array> | undefined;
  readonly source: ColumnBuffer;
}

/** `copy` is where the rows are gathered that are read through a map. */
export function alignInput(
  source: ColumnBuffer,
  map: Tail<Int32Array> | undefined,
  timeline: Timeline,
  copy: Lent | undefined,
): AlignedInput {
  const aligned: AlignedInput = { cells: copy?.array ?? source.view, map, source };
  timeline.moved.push(() => {
    aligned.cells = copy === undefined ? source.view : roomFor(copy, timeline.capacity);
  });
  return aligned;
}

/** Copies rows `[from, to)` of the reader's timeline. */
export function gatherInput({ cells, map, source }: AlignedInput, timeline: Timeline, from: number, to: number): void {
  if (map === undefined) return;
  const { view } = source;
  const { base } = source.timeline;
  for (let row = from; row < to; row++) cells[row - timeline.base] = view[map.cells[row - map.origin]! - base]!;
}
