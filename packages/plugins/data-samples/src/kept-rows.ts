import type { ColumnBatch, SeriesKey } from "@qmtl/core/plugin";

/**
 * Makes the rows of each series once for those who ask for it one after the other: its coverage, its bars, and the bars of a guard's cuts.
 *
 * @param most rows to keep; what was not asked for longest goes first, and the last series stays however long it is
 */
export function keepRows(
  most: number,
  make: (series: SeriesKey) => Promise<ColumnBatch>,
): (series: SeriesKey) => Promise<ColumnBatch> {
  const kept = new Map<string, { readonly made: Promise<ColumnBatch>; rows: number }>();
  const forgetOldest = (): void => {
    let rows = 0;
    for (const [key, one] of [...kept].toReversed()) {
      rows += one.rows;
      if (rows > most && rows > one.rows) kept.delete(key);
    }
  };
  return async (series) => {
    const { preset, symbol, interval } = series;
    const key = JSON.stringify([preset, symbol, interval]);
    const one = kept.get(key) ?? { made: make(series), rows: 0 };
    kept.delete(key);
    kept.set(key, one);
    try {
      const batch = await one.made;
      one.rows = batch.time.length;
      forgetOldest();
      return batch;
    } catch (error) {
      // Somebody may be making it anew already.
      if (kept.get(key) === one) kept.delete(key);
      throw error;
    }
  };
}
