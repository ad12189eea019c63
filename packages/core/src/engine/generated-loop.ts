import type { ColumnArray } from "../schema/cell.ts";
import { generate } from "./generate.ts";
import type { Tail } from "./tail.ts";
import type { Follower } from "./timeline.ts";
import {
  type LoopColumn,
  type LoopInput,
  type LoopOptions,
  type LoopOutput,
  sharedUserLoop,
  type UserLoop,
  viewsOf,
} from "./user-loop.ts";

/** What a generated loop reads of one series: `values` never change, views and bases do when windows move. */
interface Bound {
  at: number;
  base: number;
  readonly views: ColumnArray[];
  readonly bases: number[];
  /** Of sources whose rows are others. */
  readonly maps: Int32Array[];
  readonly origins: number[];
  readonly values: readonly unknown[];
}

type Loop = Readonly<{
  run(bound: Bound, state: unknown, from: number, to: number): void;
  runFirst(bound: Bound, state: unknown, row: number, check: (returned: unknown) => void): void;
}>;

/** The loops of one node: series whose rows are read alike share one. */
export type LoopCompiler = (options: LoopOptions) => UserLoop;

/**
 * A loop of its own for one node, so that every call site in it meets one shape. The author's function is called, never printed.
 */
export function createLoopCompiler(): LoopCompiler {
  const compiled = new Map<string, Loop>();
  return (options) => {
    const { compute, refuse, refuseRow } = options;
    const loopOf = loopText(options);
    const { text } = loopOf;
    const loop =
      compiled.get(text) ??
      generate<(...plumbing: unknown[]) => Loop>(["compute", "refuse", "refuseRow"], text, kinOf(options, loopOf))?.(
        compute,
        refuse,
        refuseRow,
      );
    if (loop === undefined) return sharedUserLoop(options);
    compiled.set(text, loop);
    return bind(loop, loopOf, options);
  };
}

/** The same literal over cells of the same types: a strategy that is laid out again, with other params. */
function kinOf({ compute, inputs }: LoopOptions, { columns }: LoopText): string {
  const constants = inputs.map((input) => (input.kind === "constant" ? typeof input.value : input.kind));
  return JSON.stringify([Function.prototype.toString.call(compute), constants, columns.map(({ cell }) => cell.dtype)]);
}

function bind(loop: Loop, { columns, maps, values }: LoopText, { timeline }: LoopOptions): UserLoop {
  const bound: Bound = {
    at: 0,
    base: timeline.base,
    views: columns.map(({ view }) => view),
    bases: columns.map((column) => column.timeline.base),
    maps: maps.map(({ cells }) => cells),
    origins: maps.map(({ origin }) => origin),
    values,
  };
  const follower: Follower = {
    follow() {
      bound.base = timeline.base;
      for (const [k, column] of columns.entries()) {
        bound.views[k] = column.view;
        bound.bases[k] = column.timeline.base;
      }
      for (const [k, { cells, origin }] of maps.entries()) {
        bound.maps[k] = cells;
        bound.origins[k] = origin;
      }
    },
  };
  for (const { followers } of new Set([timeline, ...columns.map((column) => column.timeline)]))
    followers.push(follower);
  return {
    run: (state, from, to) => loop.run(bound, state, from, to),
    runFirst: (state, row, check) => loop.runFirst(bound, state, row, check),
    at: () => bound.at,
  };
}

interface LoopText {
  readonly text: string;
  /** Bound to `c0`, `c1`, …, with their bases as `b0`, `b1`, …. */
  readonly columns: readonly LoopColumn["buffer"][];
  /** Bound to `m0`, `m1`, …, with their origins as `o0`, `o1`, …. */
  readonly maps: readonly Tail<Int32Array>[];
  /** Bound to `k0`, `k1`, …. */
  readonly values: readonly unknown[];
}

function loopText({ inputs, outputs }: LoopOptions): LoopText {
  const columns: LoopColumn["buffer"][] = [];
  const maps: Tail<Int32Array>[] = [];
  const values: unknown[] = [];
  const value = (of: unknown): string => `k${values.push(of) - 1}`;
  const place = ({ buffer, map }: LoopColumn): { readonly cells: string; readonly index: string } => {
    let k = columns.indexOf(buffer);
    if (k < 0) k = columns.push(buffer) - 1;
    if (map === undefined) return { cells: `c${k}`, index: `i - b${k}` };
    let m = maps.indexOf(map);
    if (m < 0) m = maps.push(map) - 1;
    return { cells: `c${k}`, index: `m${m}[i - o${m}] - b${k}` };
  };
  const read = (column: LoopColumn): string => {
    const { cells, index } = place(column);
    const { cell } = column.buffer;
    if (cell.dtype === "bool") return `${cells}[${index}] === 1`;
    return cell.dtype === "categorical" ? `${value(cell.values)}[${cells}[${index}]]` : `${cells}[${index}]`;
  };
  const moves: string[] = [];
  const fieldOf = (input: LoopInput): string => {
    const key = JSON.stringify(input.name);
    switch (input.kind) {
      case "constant":
        return `${key}: ${value(input.value)}`;
      case "column":
        return `${key}: ${read(input.column)}`;
      case "panel": {
        const cells = Object.entries(input.columns).map(([name, column]) => `${JSON.stringify(name)}: ${read(column)}`);
        return `${key}: { ${cells.join(", ")} }`;
      }
      case "window": {
        const view = value(input.window.view);
        const { cells, index } = place(input.window);
        moves.push(`${view}.move(${cells}, ${index});`);
        return `${key}: ${view}`;
      }
      case "window-panel": {
        for (const window of Object.values(input.windows)) {
          const { cells, index } = place(window);
          moves.push(`${value(window.view)}.move(${cells}, ${index});`);
        }
        return `${key}: ${value(viewsOf(input.windows))}`;
      }
    }
  };
  const storeOf = ({ name, cell, buffer }: LoopOutput, k: number): string => {
    const { cells } = place({ buffer, map: undefined });
    const key = JSON.stringify(name);
    const fail = `refuse(${key}, ${value(cell)}, v${k})`;
    const store = (stored: string): string => `v${k} = out[${key}]; ${cells}[i - base] = ${stored};`;
    switch (cell.dtype) {
      case "f64":
        return store(`typeof v${k} === "number" ? v${k} : ${fail}`);
      case "i32":
        return store(`typeof v${k} === "number" && (v${k} | 0) === v${k} ? v${k} : ${fail}`);
      case "bool":
        return store(`v${k} === true ? 1 : v${k} === false ? 0 : ${fail}`);
      case "categorical": {
        const codes = value(new Map(cell.values.map((word, code) => [word, code])));
        return store(`${codes}.has(v${k}) ? ${codes}.get(v${k}) : ${fail}`);
      }
    }
  };
  const fields = inputs.map(fieldOf);
  const stores = outputs.map(storeOf);
  const names = [
    ...columns.map((_, k) => `c${k} = bound.views[${k}], b${k} = bound.bases[${k}]`),
    ...maps.map((_, k) => `m${k} = bound.maps[${k}], o${k} = bound.origins[${k}]`),
    ...values.map((_, k) => `k${k} = bound.values[${k}]`),
    "base = bound.base",
  ];
  const local = `const ${names.join(", ")}; let ${["out", ...outputs.map((_, k) => `v${k}`)].join(", ")};`;
  const call = `bound.at = i; ${moves.join(" ")} out = compute({ ${fields.join(", ")} }, state);`;
  const put = `if (typeof out !== "object" || out === null) refuseRow(out); ${stores.join(" ")}`;
  return {
    columns,
    maps,
    values,
    text: `
return {
  run(bound, state, from, to) {
    ${local}
    for (let i = from; i < to; i++) {
      ${call}
      ${put}
    }
  },
  runFirst(bound, state, i, check) {
    ${local}
    ${call}
    check(out);
    ${put}
  },
};`,
  };
}
