import type { ColumnArray, Columns } from "../schema/cell.ts";

type Bars = Record<"open" | "high" | "low" | "close", ColumnArray>;

const BARS = ["open", "high", "low", "close"];

/**
 * For columns that hold open, high, low and close: a function that says what is wrong with the bounds of a row, or undefined when
 * `low <= open, close <= high` holds for all the values that are there.
 */
export function boundsViolation(
  cells: Readonly<Record<string, ColumnArray>>,
  columns: Columns,
): ((row: number) => string | undefined) | undefined {
  if (!holdsBars(columns)) return undefined;
  const { open, high, low, close } = cells as Bars;
  return (row) => {
    const o = open[row]!;
    const h = high[row]!;
    const l = low[row]!;
    const c = close[row]!;
    if (l > h) return `low ${l} is above high ${h}`;
    if (o > h || o < l) return `open ${o} is outside of low ${l} and high ${h}`;
    if (c > h || c < l) return `close ${c} is outside of low ${l} and high ${h}`;
    return undefined;
  };
}

/** No row has a violation. */
export function keepsBounds(cells: Readonly<Record<string, ColumnArray>>, columns: Columns): boolean {
  if (!holdsBars(columns)) return true;
  const { open, high, low, close } = cells as Bars;
  for (let row = 0; row < open.length; row++) {
    const o = open[row]!;
    const h = high[row]!;
    const l = low[row]!;
    const c = close[row]!;
    if (l > h || o > h || o < l || c > h || c < l) return false;
  }
  return true;
}

function holdsBars(columns: Columns): boolean {
  return BARS.every((name) => columns[name]?.dtype === "f64");
}

/** Every cell is a finite number. */
export function holdsNumbers(cells: Float64Array): boolean {
  let sum = 0;
  // A number less itself is 0, anything else NaN.
  for (let row = 0; row < cells.length; row++) sum += cells[row]! - cells[row]!;
  return sum === 0;
}
