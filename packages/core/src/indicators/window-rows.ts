import type { ColumnArray } from "../schema/cell.ts";
import type { Kernel, KernelParams } from "../strategy/kernel.ts";
import { barsOf } from "./anchored-rows.ts";

/**
 * The last `bars` values side by side, for what has to look at all of them again on each bar (an order, a deviation from the
 * window's own mean). Each window is computed from its own values alone, so its bits do not depend on where the data begins.
 */
export interface WindowRows {
  readonly bars: number;
  /** Each value twice, `bars` apart, so that every window is one stretch. */
  readonly ring: Float64Array;
  cursor: number;
  /** Values so far, counted up to `bars`. */
  seen: number;
}

export function createWindowRows(bars: number): WindowRows {
  return { bars, ring: new Float64Array(2 * bars), cursor: 0, seen: 0 };
}

/** Takes in a value. Returns where in `ring` the window begins, its oldest value first; -1 while there are fewer than `bars`. */
export function pushRow(state: WindowRows, value: number): number {
  const { bars, ring } = state;
  ring[state.cursor] = value;
  ring[state.cursor + bars] = value;
  state.cursor = state.cursor + 1 === bars ? 0 : state.cursor + 1;
  if (state.seen < bars && ++state.seen < bars) return -1;
  return state.cursor;
}

/** A function of the window `ring[at]` to `ring[at + bars - 1]`, the oldest value first. */
export type Fold = (ring: Float64Array, at: number, bars: number, params: KernelParams) => number;

interface Folding {
  readonly params: KernelParams;
  readonly rows: WindowRows;
}

/** The kernel that folds each window of `bars` values. */
export function foldKernel(name: string, version: number, fold: Fold): Kernel {
  const kernel: Kernel<Folding> = {
    name,
    version,
    inputs: ["column"],
    outputs: ["value"],
    firstValid: (params) => barsOf(params) - 1,
    settle: (params) => barsOf(params) - 1,
    create: (params) => ({ params, rows: createWindowRows(barsOf(params)) }),
    run({ params, rows }, inputs, outputs, from, to) {
      runFold(rows, inputs[0]!, outputs[0]!, fold, params, from, to);
    },
  };
  return kernel;
}

/** Writes the fold of each window; `NaN` while there are fewer than `bars` values. */
export function runFold(
  rows: WindowRows,
  values: ColumnArray,
  output: ColumnArray,
  fold: Fold,
  params: KernelParams,
  from: number,
  to: number,
): void {
  const { bars, ring } = rows;
  for (let row = from; row < to; row++) {
    const at = pushRow(rows, values[row]!);
    output[row] = at < 0 ? Number.NaN : fold(ring, at, bars, params);
  }
}

/** A function of two windows of `bars` values, each beginning at `at`. */
export type PairFold = (a: Float64Array, b: Float64Array, at: number, bars: number) => number;

interface Pair {
  readonly a: WindowRows;
  readonly b: WindowRows;
}

/** The kernel that folds each window of `bars` pairs. */
export function pairKernel(name: string, version: number, inputs: readonly [string, string], fold: PairFold): Kernel {
  const kernel: Kernel<Pair> = {
    name,
    version,
    inputs,
    outputs: ["value"],
    firstValid: (params) => barsOf(params) - 1,
    settle: (params) => barsOf(params) - 1,
    create: (params) => ({ a: createWindowRows(barsOf(params)), b: createWindowRows(barsOf(params)) }),
    run({ a, b }, columns, outputs, from, to) {
      const [first, second] = [columns[0]!, columns[1]!];
      const output = outputs[0]!;
      for (let row = from; row < to; row++) {
        const at = pushRow(a, first[row]!);
        pushRow(b, second[row]!);
        output[row] = at < 0 ? Number.NaN : fold(a.ring, b.ring, at, a.bars);
      }
    },
  };
  return kernel;
}

/** The window in ascending order, NaN last, in a scratch array that the next call takes again. */
export function sortedWindow(ring: Float64Array, at: number, bars: number): Float64Array {
  if (scratch.length !== bars) scratch = new Float64Array(bars);
  for (let i = 0; i < bars; i++) scratch[i] = ring[at + i]!;
  return ascend(scratch);
}

/** Sorts in place, NaN last: a short window by insertion, for which the built-in sort costs ten times as much. */
export function ascend(values: Float64Array): Float64Array {
  if (values.length > 64) return values.sort();
  for (let i = 1; i < values.length; i++) {
    const x = values[i]!;
    let at = i;
    while (at > 0 && (values[at - 1]! > x || (Number.isNaN(values[at - 1]) && !Number.isNaN(x)))) {
      values[at] = values[at - 1]!;
      at--;
    }
    values[at] = x;
  }
  return values;
}

// It holds nothing between calls and saves one array per bar.
let scratch = new Float64Array(0);
