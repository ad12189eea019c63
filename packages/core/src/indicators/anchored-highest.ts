import type { ColumnArray } from "../schema/cell.ts";
import type { KernelParams } from "../strategy/kernel.ts";
import {
  type AnchoredRows,
  blankRows,
  blockStop,
  createAnchoredRows,
  enterBlock,
  gatherRows,
  keepRows,
} from "./anchored-rows.ts";

/**
 * Greatest of the last `bars` rows, in constant time per row (van Herk 1992; Gil and Werman 1993). `Math.max` lets a NaN through.
 */
export interface AnchoredHighest {
  readonly rows: AnchoredRows;
  /** By rows in the block: the greatest of the rest of the window, which lies before the block. */
  readonly before: Float64Array;
  /** [0] is the greatest of the block's rows so far. */
  readonly within: Float64Array;
  /** 1 for the greatest; -1 for the least, which is minus the greatest of the negated rows. */
  readonly sign: 1 | -1;
}

export function createAnchoredHighest(params: KernelParams, sign: 1 | -1): AnchoredHighest {
  const rows = createAnchoredRows(params);
  return { rows, before: new Float64Array(rows.bars), within: new Float64Array(1), sign };
}

export function runAnchoredHighest(
  state: AnchoredHighest,
  values: ColumnArray,
  output: ColumnArray,
  from: number,
  to: number,
  stamps: Float64Array,
): void {
  const { rows, before, sign } = state;
  const { bars } = rows;
  let end = rows.end;
  let inBlock = rows.inBlock;
  let within = state.within[0]!;
  for (let row = from; row < to; ) {
    if (!(stamps[row]! < end)) {
      enterBlock(rows, stamps, row);
      end = rows.end;
      inBlock = 0;
      within = Number.NEGATIVE_INFINITY;
      anchor(state, values, from, row);
    }
    const stop = blockStop(rows, stamps, row, Math.min(to, row + bars - 1 - inBlock));
    for (; row < stop; row++) {
      within = Math.max(within, sign * values[row]!);
      output[row] = sign * Math.max(before[++inBlock]!, within);
    }
    if (row < to && stamps[row]! < end) {
      within = Math.max(within, sign * values[row]!);
      output[row] = sign * (++inBlock === bars ? within : afresh(state, values, from, row));
      row++;
    }
  }
  rows.inBlock = inBlock;
  state.within[0] = within;
  blankRows(rows, output, from, to);
  keepRows(rows, values, from, to);
}

function anchor({ rows, before, sign }: AnchoredHighest, values: ColumnArray, from: number, row: number): void {
  const rest = rows.bars - 1;
  const recent = gatherRows(rows, values, from, row, rest);
  let highest = Number.NEGATIVE_INFINITY;
  for (let inBlock = rest; inBlock > 0; inBlock--) {
    highest = Math.max(highest, sign * recent[inBlock - 1]!);
    before[inBlock] = highest;
  }
}

function afresh({ rows, sign }: AnchoredHighest, values: ColumnArray, from: number, row: number): number {
  const recent = gatherRows(rows, values, from, row + 1, rows.bars);
  let highest = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < rows.bars; at++) highest = Math.max(highest, sign * recent[at]!);
  return highest;
}
