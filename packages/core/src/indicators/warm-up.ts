import type { ColumnArray } from "../schema/cell.ts";

/** The rows of a kernel's life that come before its first valid one, where its parts are not all ready at once. */
export interface WarmUp {
  /** Rows still to be blanked. */
  left: number;
}

/** Blanks the first rows of a run, as far as they lie in the warm-up. */
export function blankWarmUp(state: WarmUp, outputs: readonly ColumnArray[], from: number, to: number): void {
  if (state.left === 0) return;
  const rows = Math.min(state.left, to - from);
  for (const output of outputs) output.fill(Number.NaN, from, from + rows);
  state.left -= rows;
}
