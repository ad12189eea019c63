/** The first of so many rows from which on something holds; their number where it never does. */
export function firstRow(rows: number, holds: (row: number) => boolean): number {
  let [low, high] = [0, rows];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
