import type { ColumnArray } from "../schema/cell.ts";
import type { ColumnBuffer } from "./column-buffer.ts";
import type { SeriesPlan, SourcePlan } from "./plan.ts";
import type { Timeline } from "./timeline.ts";

/** The work of one node for one series, or of one node across its symbols. */
export interface Step {
  /** Index of the node. */
  readonly node: number;
  /** The timelines whose new rows this step waits for. */
  readonly timelines: readonly Timeline[];
  /** Computes the rows from each timeline's `cursor` to its `target`. @returns rows computed */
  run(): number;
}

/** What one column of one series holds, found by node and symbol. */
export type FindColumn = (node: number, series: SeriesPlan, column: string) => ColumnBuffer;

/** The cells of a source, row by row of the reader. */
export interface Reader {
  readonly source: ColumnBuffer;
  readonly map: Int32Array | undefined;
}

/** The source column's cells at the reader's rows: the source's own window where the rows are the same, else a gathered copy. */
export interface AlignedInput {
  /** As the reader's timeline is laid out: index 0 is its `base`. */
  cells: ColumnArray;
  /** Copies rows `[from, to)` of the reader's timeline. */
  gather(from: number, to: number): void;
}

export function alignInput(source: ColumnBuffer, plan: SourcePlan, timeline: Timeline): AlignedInput {
  const { map } = plan;
  if (map === undefined) {
    const input: AlignedInput = { cells: source.view, gather: () => {} };
    timeline.moved.push(() => {
      input.cells = source.view;
    });
    return input;
  }
  const cells = source.view.slice(0, 0).constructor as new (length: number) => ColumnArray;
  const gathered = new cells(timeline.capacity);
  return {
    cells: gathered,
    gather: (from, to) => {
      const { view } = source;
      const offset = source.timeline.base;
      for (let row = from; row < to; row++) gathered[row - timeline.base] = view[map[row]! - offset]!;
    },
  };
}
