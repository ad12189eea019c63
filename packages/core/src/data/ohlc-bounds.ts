import type { ColumnArray, Columns } from "../schema/cell.ts";

const BARS = ["open", "high", "low", "close"];

/**
 * For columns that hold open, high, low and close: a function that says what is wrong with the bounds of a row, or undefined when
 * `low <= open, close <= high` holds for all the values that are there.
 */
export function boundsViolation(
  cells: Readonly<Record<string, ColumnArray>>,
  columns: Columns,
): ((row: number) => string | undefined) | undefined {
  if (!BARS.every((name) => columns[name]?.dtype === "f64")) return undefined;
  const { open, high, low, close } = cells as Record<"open" | "high" | "low" | "close", ColumnArray>;
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
