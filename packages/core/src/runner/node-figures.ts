import { isoText } from "../data/iso.ts";
import type { KeptColumn } from "../engine/execution.ts";
import type { Cell } from "../schema/cell.ts";

/** What a node of the graph came to over a whole run. Plain data. */
export interface NodeFigures {
  /** Its place in the graph that ran. */
  readonly node: number;
  readonly label: string;
  readonly columns: readonly ColumnFigures[];
}

/** A column over the bars of all of its symbols. */
export interface ColumnFigures {
  readonly column: string;
  readonly dtype: Cell["dtype"];
  /** Bars on which it was computed or could have been, and those of them that hold a value. */
  readonly bars: number;
  readonly valued: number;
  /** End of the earliest bar with a value, ISO 8601; `null` where none has one. */
  readonly from: string | null;
  /** Of numbers; of booleans `mean` is the share that is true. `null` where it is undefined. */
  readonly mean: number | null;
  readonly least: number | null;
  readonly greatest: number | null;
  /** On the last bar with a value; `null` without one, and where there are several symbols. */
  readonly last: number | boolean | string | null;
}

/** @param cell of the column, which says how its values are stored */
export function columnFigures(column: string, cell: Cell, { series }: KeptColumn): ColumnFigures {
  const isNumber = cell.dtype === "f64" || cell.dtype === "i32";
  let [bars, valued, sum] = [0, 0, 0];
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let from = Number.POSITIVE_INFINITY;
  let last: number | undefined;
  for (const { stamps, values, firstValid } of series) {
    bars += stamps.length;
    for (let row = firstValid; row < stamps.length; row++) {
      const value = values[row]!;
      // NaN is "no value at this bar".
      if (Number.isNaN(value)) continue;
      valued++;
      sum += value;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
      if (stamps[row]! < from) from = stamps[row]!;
      last = value;
    }
  }
  const isKnown = valued > 0;
  return {
    column,
    dtype: cell.dtype,
    bars,
    valued,
    from: isKnown ? isoText(from) : null,
    mean: isKnown && cell.dtype !== "categorical" ? finite(sum / valued) : null,
    least: isKnown && isNumber ? finite(least) : null,
    greatest: isKnown && isNumber ? finite(greatest) : null,
    last: last === undefined || series.length !== 1 ? null : shown(cell, last),
  };
}

function shown(cell: Cell, stored: number): number | boolean | string | null {
  if (cell.dtype === "bool") return stored !== 0;
  if (cell.dtype === "categorical") return cell.values[stored] ?? null;
  return finite(stored);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
