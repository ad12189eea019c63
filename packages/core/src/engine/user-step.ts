import type { ColumnArray } from "../schema/cell.ts";
import type { ErrorPlace } from "../schema/error.ts";
import type { InputRef, UserNode } from "../strategy/graph.ts";
import type { ColumnBuffer } from "./column-buffer.ts";
import { computeFailed, isPromise, notARow, undeclaredKey, wrongShape } from "./compute-error.ts";
import type { LoopCompiler } from "./generated-loop.ts";
import type { SeriesPlan } from "./series-plan.ts";
import type { Step } from "./step.ts";
import type { Tail } from "./tail.ts";
import { stampAt } from "./timeline.ts";
import type { LoopInput } from "./user-loop.ts";
import { createWindow } from "./window-view.ts";

export interface UserStepOptions {
  readonly node: UserNode;
  readonly plan: SeriesPlan;
  /** Per input, its columns in order; empty for constants. */
  readonly inputs: readonly (readonly ColumnBuffer[])[];
  readonly outputs: readonly ColumnBuffer[];
  readonly loopOf: LoopCompiler;
  /** Cells of the first rows, in the order of the outputs: taken over. None: empty. */
  readonly begun: readonly ColumnArray[];
}

/** The author's compute over one series, on rows whose inputs are all valid. */
export function userStep({ node, plan, inputs, outputs, loopOf, begun }: UserStepOptions): Step {
  const { timeline, symbol } = plan;
  const names = Object.keys(node.output);
  const loop = loopOf({
    compute: node.compute,
    inputs: node.inputs.map(({ name, read }, k) => loopInput(name, read, inputs[k]!, plan.sources[k]?.map)),
    outputs: Object.entries(node.output).map(([name, cell], k) => ({ name, cell, buffer: outputs[k]! })),
    timeline,
    refuse: (name, cell, value) => {
      throw wrongShape(node.name, name, cell, value);
    },
    refuseRow: (returned) => {
      throw notARow(node.name, names, returned);
    },
  });
  let started = false;
  let state: unknown;
  const known = begun.length === outputs.length ? Math.min(...begun.map(({ length }) => length)) : 0;
  /** @returns the first row that is not known */
  const takeOver = (from: number, to: number): number => {
    const end = Math.min(known, to);
    for (const [k, { view }] of outputs.entries()) view.set(begun[k]!.subarray(from, end), from - timeline.base);
    return end;
  };
  return {
    node: node.index,
    run() {
      let from = Math.max(timeline.cursor, plan.firstInput);
      const to = timeline.target;
      if (from < known && from < to) from = takeOver(from, to);
      if (from >= to) return;
      if (!started) start(from);
      try {
        // What is wrong with the shape of an answer is nearly always wrong from the start: look closely once.
        if (!started) loop.runFirst(state, from, requireRow);
        loop.run(state, started ? from : from + 1, to);
        started = true;
      } catch (error) {
        throw computeFailed(error, place(loop.at()), `compute of "${node.name}"`);
      }
    },
  };

  function start(row: number): void {
    try {
      state = node.state?.();
    } catch (error) {
      throw computeFailed(error, place(row), `state of "${node.name}"`);
    }
  }

  function requireRow(returned: unknown): void {
    if (typeof returned !== "object" || returned === null || Array.isArray(returned) || isPromise(returned))
      throw notARow(node.name, names, returned);
    for (const key of Object.keys(returned)) if (!names.includes(key)) throw undeclaredKey(node.name, names, key);
  }

  function place(row: number): ErrorPlace {
    return { node: node.name, ...(symbol !== "" && { symbol }), bar: stampAt(timeline, row) };
  }
}

function loopInput(
  name: string,
  read: InputRef,
  columns: readonly ColumnBuffer[],
  map: Tail<Int32Array> | undefined,
): LoopInput {
  switch (read.kind) {
    case "constant":
      return { kind: "constant", name, value: read.value };
    case "column":
      return { kind: "column", name, column: { buffer: columns[0]!, map } };
    case "panel":
      return {
        kind: "panel",
        name,
        columns: Object.fromEntries(read.columns.map((column, k) => [column, { buffer: columns[k]!, map }])),
      };
    case "window":
      return { kind: "window", name, window: windowOn(columns[0]!, map, read.bars) };
    case "window-panel":
      return {
        kind: "window-panel",
        name,
        windows: Object.fromEntries(read.columns.map((column, k) => [column, windowOn(columns[k]!, map, read.bars)])),
      };
  }
}

function windowOn(buffer: ColumnBuffer, map: Tail<Int32Array> | undefined, bars: number) {
  return { buffer, map, view: createWindow(buffer.cell, bars) };
}
