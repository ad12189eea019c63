/** A fall of equity below its highest value so far, in places of the equity series. */
export interface Drawdown {
  /** Fraction of the peak, above 0. */
  readonly depth: number;
  /** The last point at the peak. */
  readonly peak: number;
  /** The first point of the lowest equity. */
  readonly trough: number;
  /** The first point at or above the peak again; `null` where it never came. */
  readonly recovery: number | null;
  /** Periods from the peak to the recovery, or to the end. */
  readonly length: number;
}

/** Distance from the running peak at each point: 0 at a peak, -0.2 at a fifth below. */
export function underwater(equity: readonly number[]): readonly number[] {
  let peak = Number.NEGATIVE_INFINITY;
  return equity.map((value) => {
    peak = Math.max(peak, value);
    return value === peak ? 0 : value / peak - 1;
  });
}

/** Every drawdown, the deepest first; of equally deep ones the earlier. */
export function drawdowns(equity: readonly number[]): readonly Drawdown[] {
  const found: Drawdown[] = [];
  let peak = 0;
  let trough = 0;
  const close = (recovery: number | null, end: number): void => {
    const [top, bottom] = [equity[peak] as number, equity[trough] as number];
    if (bottom < top) found.push({ depth: 1 - bottom / top, peak, trough, recovery, length: end - peak });
  };
  equity.forEach((value, i) => {
    if (value >= (equity[peak] as number)) {
      close(i, i);
      peak = i;
      trough = i;
    } else if (value < (equity[trough] as number)) trough = i;
  });
  close(null, equity.length - 1);
  return found.sort((a, b) => b.depth - a.depth || a.peak - b.peak);
}
