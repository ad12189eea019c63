/**
 * Bars since the highest (`sign` 1) or lowest (-1) value of a window, 0 for the newest value, which also wins a tie; NaN where the window
 * holds one.
 */
export function ageOfHighest(ring: Float64Array, at: number, bars: number, sign: 1 | -1): number {
  let highest = Number.NEGATIVE_INFINITY;
  let place = 0;
  for (let i = 0; i < bars; i++) {
    const x = sign * ring[at + i]!;
    if (Number.isNaN(x)) return Number.NaN;
    if (x >= highest) {
      highest = x;
      place = i;
    }
  }
  return bars - 1 - place;
}
