import type { Cell, ColumnArray } from "../schema/cell.ts";
import type { Constant, UserFunction } from "../strategy/graph.ts";
import type { ColumnBuffer } from "./column-buffer.ts";
import type { Timeline } from "./timeline.ts";
import type { EngineWindow } from "./window-view.ts";

type Map = Int32Array | undefined;

/** How one named input of `compute` is read. */
export type LoopInput =
  | { readonly kind: "constant"; readonly name: string; readonly value: Constant }
  | { readonly kind: "column"; readonly name: string; readonly map: Map; readonly column: ColumnBuffer; readonly cell: Cell }
  | {
      readonly kind: "panel";
      readonly name: string;
      readonly map: Map;
      readonly columns: readonly ColumnBuffer[];
      readonly names: readonly string[];
      readonly cells: readonly Cell[];
    }
  | { readonly kind: "window"; readonly name: string; readonly map: Map; readonly column: ColumnBuffer; readonly window: EngineWindow }
  | {
      readonly kind: "window-panel";
      readonly name: string;
      readonly map: Map;
      readonly columns: readonly ColumnBuffer[];
      readonly names: readonly string[];
      readonly windows: readonly EngineWindow[];
    };

export interface LoopOptions {
  readonly compute: UserFunction;
  readonly inputs: readonly LoopInput[];
  readonly outputs: readonly { readonly name: string; readonly cell: Cell; readonly buffer: ColumnBuffer }[];
  readonly timeline: Timeline;
  /** Throws: the value does not fit the cell. */
  readonly refuse: (name: string, cell: Cell, value: unknown) => never;
}

/** Calls `compute` for rows of one series and stores what it returns. */
export interface UserLoop {
  run(state: unknown, from: number, to: number): void;
  /** One row, whose raw answer `check` sees before it is stored. */
  runFirst(state: unknown, row: number, check: (returned: unknown) => void): void;
  /** The row that is, or was last, computed. */
  at(): number;
}

type Returned = Readonly<Record<string, unknown>>;

/** One loop for all nodes: quick to start, slow per row, since it meets every shape. */
export function sharedUserLoop({ compute, inputs, outputs, timeline, refuse }: LoopOptions): UserLoop {
  let at = 0;
  const readers = inputs.map(createReader);
  const writers = outputs.map(({ name, cell, buffer }) => createWriter(name, cell, buffer, refuse));
  const row = (i: number, state: unknown): unknown => {
    at = i;
    const values: Record<string, unknown> = {};
    for (let k = 0; k < readers.length; k++) values[inputs[k]!.name] = readers[k]!(i);
    return compute(values, state);
  };
  const store = (i: number, returned: unknown): void => {
    for (let k = 0; k < writers.length; k++) writers[k]!(i - timeline.base, (returned as Returned)[outputs[k]!.name]);
  };
  return {
    at: () => at,
    run: (state, from, to) => {
      for (let i = from; i < to; i++) store(i, row(i, state));
    },
    runFirst: (state, i, check) => {
      const returned = row(i, state);
      check(returned);
      store(i, returned);
    },
  };

  function createReader(input: LoopInput): (i: number) => unknown {
    if (input.kind === "constant") return () => input.value;
    const { map } = input;
    const locate = (buffer: ColumnBuffer, i: number): number => (map === undefined ? i : map[i]!) - buffer.timeline.base;
    switch (input.kind) {
      case "column":
        return (i) => decode(input.cell, input.column.view[locate(input.column, i)]!);
      case "panel":
        return (i) => {
          const values: Record<string, unknown> = {};
          for (let k = 0; k < input.columns.length; k++) {
            const buffer = input.columns[k]!;
            values[input.names[k]!] = decode(input.cells[k]!, buffer.view[locate(buffer, i)]!);
          }
          return values;
        };
      case "window":
        return (i) => {
          input.window.move(input.column.view, locate(input.column, i));
          return input.window;
        };
      case "window-panel": {
        const views = Object.freeze(Object.fromEntries(input.names.map((name, k) => [name, input.windows[k]])));
        return (i) => {
          for (let k = 0; k < input.columns.length; k++) input.windows[k]!.move(input.columns[k]!.view, locate(input.columns[k]!, i));
          return views;
        };
      }
    }
  }
}

export function decode(cell: Cell, stored: number): Constant {
  if (cell.dtype === "bool") return stored === 1;
  return cell.dtype === "categorical" ? cell.values[stored]! : stored;
}

/** Stores one value after checking that it fits. */
export function createWriter(
  name: string,
  cell: Cell,
  buffer: ColumnBuffer,
  refuse: LoopOptions["refuse"],
): (index: number, value: unknown) => void {
  switch (cell.dtype) {
    case "f64":
      return (index, value) => {
        buffer.view[index] = typeof value === "number" ? value : refuse(name, cell, value);
      };
    case "i32":
      return (index, value) => {
        buffer.view[index] = typeof value === "number" && (value | 0) === value ? value : refuse(name, cell, value);
      };
    case "bool":
      return (index, value) => {
        buffer.view[index] = value === true ? 1 : value === false ? 0 : refuse(name, cell, value);
      };
    case "categorical":
      return (index, value) => {
        const code = cell.values.indexOf(value as string);
        buffer.view[index] = code >= 0 ? code : refuse(name, cell, value);
      };
  }
}

// Taken when this module loads: where strategies run, code generation is taken away from everybody else afterwards.
const GenerateFunction: FunctionConstructor = Function;

/** True where code may be generated at all. */
export const canGenerate: boolean = (() => {
  try {
    return new GenerateFunction("return true")() as boolean;
  } catch {
    // A host that forbids code generation (a content security policy, a V8 flag): the shared loop computes the same.
    return false;
  }
})();

/**
 * A loop of its own for one node, so that every call site in it meets one shape. The text holds plumbing alone; the author's
 * function is called, never printed.
 */
export function compileUserLoop(options: LoopOptions): UserLoop {
  if (!canGenerate) return sharedUserLoop(options);
  const { inputs, outputs, timeline, compute, refuse } = options;
  const buffers: ColumnBuffer[] = [];
  const constants: unknown[] = [];
  const cells = (buffer: ColumnBuffer): string => {
    let index = buffers.indexOf(buffer);
    if (index < 0) index = buffers.push(buffer) - 1;
    return `c${index}`;
  };
  const constant = (value: unknown): string => `k${constants.push(value) - 1}`;
  const key = (name: string): string => JSON.stringify(name);
  // The index of a source cell: this row, or the mapped one, less the base of the source's window.
  const index = (buffer: ColumnBuffer, map: Map): string => {
    const array = cells(buffer);
    return map === undefined ? `i - b${array.slice(1)}` : `${constant(map)}[i] - b${array.slice(1)}`;
  };
  const read = (buffer: ColumnBuffer, map: Map, cell: Cell): string => {
    const raw = `${cells(buffer)}[${index(buffer, map)}]`;
    if (cell.dtype === "bool") return `${raw} === 1`;
    return cell.dtype === "categorical" ? `${constant(cell.values)}[${raw}]` : raw;
  };
  const moves: string[] = [];
  const window = (view: EngineWindow, buffer: ColumnBuffer, map: Map): string => {
    const name = constant(view);
    moves.push(`${name}.move(${cells(buffer)}, ${index(buffer, map)});`);
    return name;
  };
  const fields = inputs.map((input) => {
    switch (input.kind) {
      case "constant":
        return `${key(input.name)}: ${constant(input.value)}`;
      case "column":
        return `${key(input.name)}: ${read(input.column, input.map, input.cell)}`;
      case "panel":
        return `${key(input.name)}: { ${input.columns.map((buffer, k) => `${key(input.names[k]!)}: ${read(buffer, input.map, input.cells[k]!)}`).join(", ")} }`;
      case "window":
        return `${key(input.name)}: ${window(input.window, input.column, input.map)}`;
      case "window-panel": {
        for (const [k, buffer] of input.columns.entries()) window(input.windows[k]!, buffer, input.map);
        return `${key(input.name)}: ${constant(Object.freeze(Object.fromEntries(input.names.map((name, k) => [name, input.windows[k]]))))}`;
      }
    }
  });
  const stores = outputs.map(({ name, cell, buffer }, k) => {
    const array = cells(buffer);
    const fail = `refuse(${key(name)}, ${constant(cell)}, v${k})`;
    const fits =
      cell.dtype === "f64"
        ? `typeof v${k} === "number" ? v${k} : ${fail}`
        : cell.dtype === "i32"
          ? `typeof v${k} === "number" && (v${k} | 0) === v${k} ? v${k} : ${fail}`
          : cell.dtype === "bool"
            ? `v${k} === true ? 1 : v${k} === false ? 0 : ${fail}`
            : `code(${constant(cell.values)}, v${k}) >= 0 ? code(${constant(cell.values)}, v${k}) : ${fail}`;
    return `const v${k} = out[${key(name)}]; ${array}[i - b${array.slice(1)}] = ${fits};`;
  });
  const arrays = buffers.map((_, k) => `c${k}, b${k}`).join(", ");
  const text = `"use strict";
    let ${arrays};
    let at = 0;
    const put = (i, out) => { ${stores.join(" ")} };
    return {
      bind(views, bases) { ${buffers.map((_, k) => `c${k} = views[${k}]; b${k} = bases[${k}];`).join(" ")} },
      at: () => at,
      run(state, from, to) {
        for (let i = from; i < to; i++) {
          at = i;
          ${moves.join("\n          ")}
          put(i, compute({ ${fields.join(", ")} }, state));
        }
      },
      runFirst(state, i, check) {
        at = i;
        ${moves.join("\n        ")}
        const out = compute({ ${fields.join(", ")} }, state);
        check(out);
        put(i, out);
      },
    };`;
  const names = constants.map((_, k) => `k${k}`);
  const code = (words: readonly string[], value: unknown): number => words.indexOf(value as string);
  const made = new GenerateFunction("compute", "refuse", "code", ...names, text)(compute, refuse, code, ...constants) as UserLoop & {
    bind(views: readonly ColumnArray[], bases: readonly number[]): void;
  };
  const bind = (): void => made.bind(buffers.map(({ view }) => view), buffers.map((buffer) => buffer.timeline.base));
  for (const moved of new Set([timeline, ...buffers.map((buffer) => buffer.timeline)])) moved.moved.push(bind);
  bind();
  return made;
}
