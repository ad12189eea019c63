/** Returns by the ends of their periods (ms UTC, strictly ascending). */
export interface ReturnSeries {
  readonly times: Float64Array;
  readonly returns: Float64Array;
}

/** Fewer common periods than this tell nothing about how series move together. */
export const MIN_OVERLAP = 20;

/** The returns of every series at the periods that all of them have, in the order given. */
export function commonWindow(series: readonly ReturnSeries[]): readonly Float64Array[] {
  const [first, ...others] = series;
  if (first === undefined) return [];
  const cursors = others.map(() => 0);
  const kept: number[][] = series.map(() => []);
  for (let i = 0; i < first.times.length; i++) {
    const time = first.times[i]!;
    const everywhere = others.every((other, s) => {
      let at = cursors[s]!;
      while (at < other.times.length && other.times[at]! < time) at++;
      cursors[s] = at;
      return other.times[at] === time;
    });
    if (!everywhere) continue;
    kept[0]!.push(first.returns[i]!);
    for (let s = 0; s < others.length; s++) kept[s + 1]!.push(others[s]!.returns[cursors[s]!]!);
  }
  return kept.map((values) => Float64Array.from(values));
}
