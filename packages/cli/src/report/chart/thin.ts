/**
 * Places to draw of series over one axis, so that no peak is lost: of each of `columns` equal parts of the axis the first and last place, and
 * those of every series' lowest and highest value. All places where there are no more than that anyway.
 *
 * @param xs ascending
 * @returns ascending places
 */
export function thin(
  xs: readonly number[],
  series: readonly (readonly (number | null)[])[],
  columns: number,
): readonly number[] {
  const [from, to] = [xs[0] ?? 0, xs.at(-1) ?? 0];
  if (xs.length <= columns * 2 || !(to > from)) return xs.map((_, i) => i);
  const kept: number[] = [];
  const column = (i: number): number =>
    Math.min(columns - 1, Math.floor((((xs[i] as number) - from) / (to - from)) * columns));
  for (let start = 0; start < xs.length; ) {
    const own = column(start);
    let end = start + 1;
    while (end < xs.length && column(end) === own) end++;
    const places = new Set([start, end - 1]);
    for (const values of series) {
      let [low, high] = [-1, -1];
      for (let i = start; i < end; i++) {
        const value = values[i] ?? null;
        if (value === null) continue;
        if (low < 0 || value < (values[low] as number)) low = i;
        if (high < 0 || value > (values[high] as number)) high = i;
      }
      if (low >= 0) places.add(low).add(high);
    }
    kept.push(...[...places].sort((a, b) => a - b));
    start = end;
  }
  return kept;
}
