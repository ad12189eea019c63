import type { ColumnArray } from "../schema/cell.ts";

/** Parameters of a kernel: plain numbers and words, part of the node's identity. */
export type KernelParams = Readonly<Record<string, number | string | boolean>>;

/**
 * One arithmetic, for batch and bar by bar: a state record and `run(state, inputs, outputs, from, to, stamps)`.
 *
 * Rows `from <= i < to` of all arrays belong together. Calls follow each other without a hole, each continuing where the last
 * one ended, and may split the rows anywhere: the bits that come out never depend on where. All memory lives in `state`;
 * `run` reads no row outside `[from, to)`. Rows before `firstValid` are written as `NaN` (floats) or 0.
 */
export interface Kernel<S = unknown> {
  /** Unique among kernels, for example `sma`; with `version` it is part of the identity. */
  readonly name: string;
  /** Raised with every change of a bit of the output. */
  readonly version: number;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Rows before the first output that is valid, counted from the first valid input row (TA-Lib's lookback). */
  firstValid(params: KernelParams): number;
  /**
   * Rows after which the start of the data is forgotten: equal to `firstValid` for finite memory (then the bits are equal),
   * larger for infinite memory (then within 1e-12 relative).
   */
  settle(params: KernelParams): number;
  /**
   * @param grids per input, what its values are declared to be multiples of (a price column of an instrument with a tick); 0 for nothing.
   *   A declaration: a value may still be off the grid.
   */
  create(params: KernelParams, grids: readonly number[]): S;
  run(
    state: S,
    inputs: readonly ColumnArray[],
    outputs: readonly ColumnArray[],
    from: number,
    to: number,
    stamps: Float64Array,
  ): void;
  /**
   * What `run` does for one row, by its values in the order of the inputs, of a kernel with one output: the same state, the same bits. Kernels
   * that follow each other bar by bar then pass on numbers in place of rows. It throws nothing. Absent, `run` is asked for the row.
   */
  next?(state: S, stamp: number, ...values: number[]): number;
}

/** A kernel over the symbols of one bar; without memory. */
export interface CrossKernel {
  readonly name: string;
  readonly version: number;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Reads `count` values per input, writes `count` values per output, by the same index; symbols in the universe's order. */
  run(params: KernelParams, inputs: readonly Float64Array[], outputs: readonly ColumnArray[], count: number): void;
}
