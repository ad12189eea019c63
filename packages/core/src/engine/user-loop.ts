import type { Cell } from "../schema/cell.ts";
import type { Constant, UserFunction } from "../strategy/graph.ts";
import { createWriter, decode, type Refuse } from "./cell-value.ts";
import type { ColumnBuffer } from "./column-buffer.ts";
import type { Tail } from "./tail.ts";
import type { Timeline } from "./timeline.ts";
import type { EngineWindow } from "./window-view.ts";

/** How one named input of `compute` is read. */
export type LoopInput =
  | { readonly kind: "constant"; readonly name: string; readonly value: Constant }
  | { readonly kind: "column"; readonly name: string; readonly column: LoopColumn }
  | { readonly kind: "panel"; readonly name: string; readonly columns: Readonly<Record<string, LoopColumn>> }
  | { readonly kind: "window"; readonly name: string; readonly window: LoopWindow }
  | { readonly kind: "window-panel"; readonly name: string; readonly windows: Readonly<Record<string, LoopWindow>> };

export interface LoopColumn {
  readonly buffer: ColumnBuffer;
  /** Row of the source for each row of the node; `undefined` where the rows are the same. */
  readonly map: Tail<Int32Array> | undefined;
}

export interface LoopWindow extends LoopColumn {
  readonly view: EngineWindow;
}

export interface LoopOutput {
  readonly name: string;
  readonly cell: Cell;
  readonly buffer: ColumnBuffer;
}

export interface LoopOptions {
  readonly compute: UserFunction;
  readonly inputs: readonly LoopInput[];
  readonly outputs: readonly LoopOutput[];
  readonly timeline: Timeline;
  readonly refuse: Refuse;
  /** Throws: the answer is not a row. */
  readonly refuseRow: (returned: unknown) => never;
}

/** Calls `compute` for rows of one series and stores what it returns. */
export interface UserLoop {
  run(state: unknown, from: number, to: number): void;
  /** One row, whose raw answer `check` sees before it is stored. */
  runFirst(state: unknown, row: number, check: (returned: unknown) => void): void;
  /** The row that is, or was last, computed. */
  at(): number;
}

/** One loop for all nodes: quick to start, slow per row, since it meets every shape. */
export function sharedUserLoop(options: LoopOptions): UserLoop {
  const { compute, inputs, outputs, timeline, refuse, refuseRow } = options;
  let at = 0;
  const readers = inputs.map(createReader);
  const writers = outputs.map(({ name, cell, buffer }) => createWriter(name, cell, buffer, refuse));
  const answer = (row: number, state: unknown): unknown => {
    at = row;
    const values: Record<string, unknown> = {};
    for (let k = 0; k < readers.length; k++) values[inputs[k]!.name] = readers[k]!(row);
    return compute(values, state);
  };
  const store = (row: number, returned: unknown): void => {
    if (typeof returned !== "object" || returned === null) refuseRow(returned);
    for (let k = 0; k < writers.length; k++)
      writers[k]!(row - timeline.base, (returned as Readonly<Record<string, unknown>>)[outputs[k]!.name]);
  };
  return {
    at: () => at,
    run: (state, from, to) => {
      for (let row = from; row < to; row++) store(row, answer(row, state));
    },
    runFirst: (state, row, check) => {
      const returned = answer(row, state);
      check(returned);
      store(row, returned);
    },
  };
}

function createReader(input: LoopInput): (row: number) => unknown {
  switch (input.kind) {
    case "constant":
      return () => input.value;
    case "column":
      return (row) => readCell(input.column, row);
    case "panel": {
      const columns = Object.entries(input.columns);
      return (row) => {
        const values: Record<string, unknown> = {};
        for (let k = 0; k < columns.length; k++) values[columns[k]![0]] = readCell(columns[k]![1], row);
        return values;
      };
    }
    case "window":
      return (row) => {
        moveWindow(input.window, row);
        return input.window.view;
      };
    case "window-panel": {
      const windows = Object.values(input.windows);
      const views = viewsOf(input.windows);
      return (row) => {
        for (let k = 0; k < windows.length; k++) moveWindow(windows[k]!, row);
        return views;
      };
    }
  }
}

/** What `compute` sees of a window over a panel. */
export function viewsOf(windows: Readonly<Record<string, LoopWindow>>): Readonly<Record<string, EngineWindow>> {
  return Object.freeze(Object.fromEntries(Object.entries(windows).map(([name, { view }]) => [name, view])));
}

function indexOf({ buffer, map }: LoopColumn, row: number): number {
  return (map === undefined ? row : map.cells[row - map.origin]!) - buffer.timeline.base;
}

function readCell(column: LoopColumn, row: number): Constant {
  return decode(column.buffer.cell, column.buffer.view[indexOf(column, row)]!);
}

function moveWindow(window: LoopWindow, row: number): void {
  window.view.move(window.buffer.view, indexOf(window, row));
}
