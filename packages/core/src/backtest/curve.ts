import type { BacktestResult } from "./result.ts";

/** Equity over time, point by point. */
export interface Curve {
  /** Where one symbol's stamps are the clock, they are the times as well, from place `first` on. */
  readonly clock: Float64Array | undefined;
  first: number;
  /** Empty where there is a `clock`. */
  times: Float64Array;
  equity: Float64Array;
  /** Absent where there is a `clock`: of one symbol it follows from the rest. */
  exposure: Float64Array | undefined;
  length: number;
}

export function createCurve(capacity: number, clock: Float64Array | undefined): Curve {
  return {
    clock,
    first: 0,
    times: new Float64Array(clock === undefined ? capacity : 0),
    equity: new Float64Array(capacity),
    exposure: clock === undefined ? new Float64Array(capacity) : undefined,
    length: 0,
  };
}

/** @param index the stamp's place in the clock */
export function append(curve: Curve, index: number, time: number, equity: number, exposure: number): void {
  const at = curve.length;
  if (at === 0) curve.first = index;
  if (at === curve.equity.length) grow(curve);
  if (curve.clock === undefined) curve.times[at] = time;
  curve.equity[at] = equity;
  if (curve.exposure !== undefined) curve.exposure[at] = exposure;
  curve.length = at + 1;
}

/** The points so far. They never change once they stand. */
export function points(curve: Curve): Pick<BacktestResult, "times" | "equity" | "exposure"> {
  const { clock, first, length } = curve;
  return {
    times: clock === undefined ? part(curve.times, 0, length) : part(clock, first, first + length),
    equity: part(curve.equity, 0, length),
    exposure: curve.exposure && part(curve.exposure, 0, length),
  };
}

/** A view will do, unless a clone of it would drag along memory that is mostly something else, or shared. */
function part(values: Float64Array, from: number, to: number): Float64Array {
  const { buffer } = values;
  const own = buffer instanceof ArrayBuffer && 2 * (to - from) * values.BYTES_PER_ELEMENT > buffer.byteLength;
  return own ? values.subarray(from, to) : values.slice(from, to);
}

function grow(curve: Curve): void {
  const capacity = Math.max(1024, 2 * curve.equity.length);
  const longer = (from: Float64Array) => {
    const to = new Float64Array(capacity);
    to.set(from);
    return to;
  };
  if (curve.clock === undefined) curve.times = longer(curve.times);
  curve.equity = longer(curve.equity);
  if (curve.exposure !== undefined) curve.exposure = longer(curve.exposure);
}
