import type { ColumnArray } from "../schema/cell.ts";

/**
 * Volume by where the close lies in its bar: `volume * ((close - low) - (high - close)) / (high - low)`; 0 for a bar without a range.
 *
 * @param inputs high, low, close, volume
 */
export function moneyFlow(inputs: readonly ColumnArray[], row: number): number {
  const high = inputs[0]![row]!;
  const low = inputs[1]![row]!;
  const close = inputs[2]![row]!;
  const volume = inputs[3]![row]!;
  const range = high - low;
  return range > 0 ? ((close - low - (high - close)) / range) * volume : 0 * (range + close + volume);
}
