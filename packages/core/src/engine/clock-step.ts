import { QmtlError } from "../schema/error.ts";
import type { Fold } from "../schema/schema.ts";
import type { ColumnBuffer } from "./column-buffer.ts";
import type { SeriesPlan } from "./series-plan.ts";
import type { Step } from "./step.ts";
import { stampAt } from "./timeline.ts";

export interface ClockStepOptions {
  readonly node: number;
  readonly plan: SeriesPlan;
  /** Per column. */
  readonly inputs: readonly ColumnBuffer[];
  readonly outputs: readonly ColumnBuffer[];
}

/** Folds the bars of a shorter clock. Rows are folded as they come and written when the longer bar is due. */
export function coarseStep({
  node,
  plan,
  inputs,
  outputs,
  folds,
}: ClockStepOptions & { readonly folds: readonly Fold[] }): Step {
  const { timeline, sources } = plan;
  const { series, map } = sources[0]!;
  const [lasts, starts, open] = [map!, plan.starts!, plan.open!];
  const source = series.timeline;
  const values = new Float64Array(inputs.length);
  // The bar that is folded, by its first source row; the next row to fold, and the rows folded into it.
  let folding = -1;
  let next = 0;
  let count = 0;
  return {
    node,
    run() {
      let row = timeline.cursor;
      for (; row < timeline.rows; row++) {
        foldUntil(starts.cells[row - starts.origin]!, lasts.cells[row - lasts.origin]! + 1);
        if (row >= timeline.target) return;
        for (let k = 0; k < outputs.length; k++)
          outputs[k]!.view[row - timeline.base] = stored(
            outputs[k]!,
            folds[k] === "mean" ? values[k]! / count : values[k]!,
            row,
          );
      }
      if (open.first >= 0) foldUntil(open.first, open.next);
    },
  };

  function foldUntil(first: number, end: number): void {
    if (first !== folding) {
      folding = first;
      next = first;
      count = 0;
    }
    for (; next < end && next < source.target; next++) foldRow(next);
  }

  function stored({ cell }: ColumnBuffer, value: number, row: number): number {
    if (cell.dtype !== "i32" || value === (value | 0)) return value;
    throw new QmtlError({
      code: "engine.integer-range",
      message: `resample() sums to ${value}, which a 32-bit integer can't hold`,
      place: { ...(plan.symbol !== "" && { symbol: plan.symbol }), bar: stampAt(timeline, row) },
      next: "Make the column f64 in a node before it is resampled.",
      class: "rejected",
    });
  }

  function foldRow(at: number): void {
    for (let k = 0; k < inputs.length; k++) {
      const value = inputs[k]!.view[at - source.base]!;
      const so = values[k]!;
      if (count === 0) values[k] = value;
      else
        switch (folds[k]) {
          case "first":
            break;
          case "last":
            values[k] = value;
            break;
          case "min":
            values[k] = Math.min(so, value);
            break;
          case "max":
            values[k] = Math.max(so, value);
            break;
          default:
            values[k] = so + value;
        }
    }
    count++;
  }
}

/** The last complete value at or before each row; -1 in the map means there is none that is fresh enough. */
export function asOfStep({ node, plan, inputs, outputs }: ClockStepOptions): Step {
  const { timeline, sources } = plan;
  const { series, map } = sources[0]!;
  const source = series.timeline;
  return {
    node,
    run() {
      const from = Math.max(timeline.cursor, plan.firstInput);
      for (let row = from; row < timeline.target; row++) {
        const at = map!.cells[row - map!.origin]!;
        for (let k = 0; k < outputs.length; k++)
          outputs[k]!.view[row - timeline.base] = at < 0 ? Number.NaN : inputs[k]!.view[at - source.base]!;
      }
    },
  };
}

/** The end of each bar, in seconds. */
export function barTimeStep({ node, plan, outputs }: Omit<ClockStepOptions, "inputs">): Step {
  const { timeline } = plan;
  return {
    node,
    run() {
      for (let row = Math.max(timeline.cursor, plan.firstInput); row < timeline.target; row++)
        outputs[0]!.view[row - timeline.base] = stampAt(timeline, row) / 1000;
    },
  };
}

/** Uniform numbers in [0, 1), in steps of 2^-53: a hash of seed, symbol and stamp, so that no bar depends on another. */
export function rngStep({
  node,
  plan,
  outputs,
  seed,
}: Omit<ClockStepOptions, "inputs"> & { readonly seed: number }): Step {
  const { timeline, symbol } = plan;
  const bits = new Int32Array(new Float64Array([seed]).buffer);
  let key = 0x811c9dc5;
  for (let i = 0; i < symbol.length; i++) key = Math.imul(key ^ symbol.charCodeAt(i), 0x01000193);
  const salt = mix(mix(key ^ bits[0]!) ^ bits[1]!);
  return {
    node,
    run() {
      for (let row = Math.max(timeline.cursor, plan.firstInput); row < timeline.target; row++) {
        const stamp = stampAt(timeline, row);
        const high = Math.floor(stamp / 4_294_967_296);
        const first = mix(mix(salt ^ (stamp - high * 4_294_967_296)) ^ high);
        const second = mix(first ^ 0x9e3779b9);
        outputs[0]!.view[row - timeline.base] = ((first >>> 5) * 67_108_864 + (second >>> 6)) / 9_007_199_254_740_992;
      }
    },
  };
}

/** The finaliser of MurmurHash3 (32 bits): every input bit reaches every output bit. */
function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
