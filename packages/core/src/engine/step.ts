import type { ColumnArray } from "../schema/cell.ts";
import type { Kernel } from "../strategy/kernel.ts";
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
  /** Per output: its rows are read in the slice that writes them, and never again. */
  readonly passing: readonly boolean[];
}
