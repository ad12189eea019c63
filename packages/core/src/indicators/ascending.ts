// A cross kernel has no state; this holds nothing between calls and saves one array per bar.
let scratch = new Float64Array(0);

/** The symbols' values in ascending order, NaN last, and how many of them are numbers; until the next call. */
export function ascending(values: Float64Array, count: number): { sorted: Float64Array; present: number } {
  if (scratch.length !== count) scratch = new Float64Array(count);
  for (let symbol = 0; symbol < count; symbol++) scratch[symbol] = values[symbol]!;
  const sorted = scratch.sort();
  let present = count;
  while (present > 0 && Number.isNaN(sorted[present - 1])) present--;
  return { sorted, present };
}

/** How many of the first `count` are below `x`, or not above it. */
export function countBelow(sorted: Float64Array, count: number, x: number, orEqual: boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < x || (orEqual && sorted[middle] === x)) low = middle + 1;
    else high = middle;
  }
  return low;
}
