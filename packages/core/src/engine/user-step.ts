import type { Cell } from "../schema/cell.ts";
import { QmtlError } from "../schema/error.ts";
import type { UserNode } from "../strategy/graph.ts";
import type { ColumnBuffer } from "./column-buffer.ts";
import type { SeriesPlan } from "./plan.ts";
import type { Step } from "./step.ts";
import { compileUserLoop, type LoopInput, sharedUserLoop } from "./user-loop.ts";
import { createWindow } from "./window-view.ts";

export interface UserStepOptions {
  readonly node: UserNode;
  readonly plan: SeriesPlan;
  /** Per input, its columns in order; empty for constants. */
  readonly inputs: readonly (readonly ColumnBuffer[])[];
  readonly outputs: readonly ColumnBuffer[];
  readonly generated: boolean;
}

/** The author's compute over one series, on rows whose inputs are all valid. */
export function userStep({ node, plan, inputs, outputs, generated }: UserStepOptions): Step {
  const { timeline, firstInput, symbol } = plan;
  const place = (row: number) => ({
    node: node.name,
    ...(symbol !== "" && { symbol }),
    ...(timeline.stamps[row] !== undefined && { bar: timeline.stamps[row] }),
  });
  const state = node.state === undefined ? undefined : guarded(() => node.state?.(), () => place(firstInput), `state of node "${node.name}"`);
  const loopInputs = node.inputs.map(({ name, read }, k): LoopInput => {
    if (read.kind === "constant") return { kind: "constant", name, value: read.value };
    const { map } = plan.sources[k]!;
    const columns = inputs[k]!;
    const cells = columns.map(({ cell }) => cell);
    switch (read.kind) {
      case "column":
        return { kind: "column", name, map, column: columns[0]!, cell: cells[0]! };
      case "panel":
        return { kind: "panel", name, map, columns, names: read.columns, cells };
      case "window":
        return { kind: "window", name, map, column: columns[0]!, window: createWindow(cells[0]!, read.bars) };
      case "window-panel":
        return { kind: "window-panel", name, map, columns, names: read.columns, windows: cells.map((cell) => createWindow(cell, read.bars)) };
    }
  });
  const declared = Object.entries(node.output);
  const loop = (generated ? compileUserLoop : sharedUserLoop)({
    compute: node.compute,
    inputs: loopInputs,
    outputs: declared.map(([name, cell], k) => ({ name, cell, buffer: outputs[k]! })),
    timeline,
    refuse: (name, cell, value) => {
      throw wrongShape(node.name, name, cell, value);
    },
  });
  let checked = false;
  return {
    node: node.index,
    timelines: [timeline],
    run() {
      const from = timeline.cursor < firstInput ? firstInput : timeline.cursor;
      const to = timeline.target;
      if (from >= to) return 0;
      try {
        if (!checked) {
          loop.runFirst(state, from, (returned) => requireShape(node.name, declared, returned));
          checked = true;
          loop.run(state, from + 1, to);
        } else loop.run(state, from, to);
      } catch (error) {
        throw failed(error, place(loop.at()), `compute of node "${node.name}"`);
      }
      return to - from;
    },
  };
}

/** The first row is looked at closely: what is wrong with the shape of an answer is nearly always wrong from the start. */
function requireShape(node: string, declared: readonly (readonly [string, Cell])[], returned: unknown): void {
  if (typeof returned !== "object" || returned === null || Array.isArray(returned))
    throw new QmtlError({
      code: "engine.wrong-shape",
      message: `compute of node "${node}" returned ${Array.isArray(returned) ? "an array" : String(returned)}`,
      next: `Return { ${declared.map(([name]) => name).join(", ")} }.`,
      class: "rejected",
    });
  if (typeof (returned as { then?: unknown }).then === "function")
    throw new QmtlError({
      code: "engine.wrong-shape",
      message: `compute of node "${node}" returned a promise`,
      next: "Keep compute synchronous; move waiting to a data provider.",
      class: "rejected",
    });
  for (const key of Object.keys(returned))
    if (!declared.some(([name]) => name === key))
      throw new QmtlError({
        code: "engine.wrong-shape",
        message: `compute of node "${node}" returned "${key}", which its output does not declare`,
        next: `Declare it, or return only { ${declared.map(([name]) => name).join(", ")} }.`,
        class: "rejected",
      });
}

export function wrongShape(node: string, name: string, cell: Cell, value: unknown): QmtlError {
  const wanted =
    cell.dtype === "f64"
      ? "a number"
      : cell.dtype === "i32"
        ? "a whole number of 32 bits"
        : cell.dtype === "bool"
          ? "true or false"
          : `one of ${cell.values.join(", ")}`;
  return new QmtlError({
    code: "engine.wrong-shape",
    message: `Node "${node}" gave ${typeof value === "string" ? JSON.stringify(value) : String(value)} for "${name}", where ${wanted} is declared`,
    next: value === undefined ? `Return "${name}" on every path.` : "Mend the value or the declared output.",
    class: "rejected",
  });
}

/** Adds the place to what the author's code threw. */
export function failed(error: unknown, place: QmtlError["place"], what: string): QmtlError {
  if (error instanceof QmtlError) return new QmtlError({ ...error.toJSON(), place: { ...place, ...error.place }, cause: error });
  return new QmtlError({
    code: "engine.compute-failed",
    message: `${what} threw: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    place,
    next: "Mend the code at this bar, or handle the value that it met there.",
    class: "rejected",
    cause: error,
  });
}

function guarded<T>(run: () => T, place: () => QmtlError["place"], what: string): T {
  try {
    return run();
  } catch (error) {
    throw failed(error, place(), what);
  }
}
