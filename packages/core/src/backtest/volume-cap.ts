import { roundToLot } from "./lot.ts";

/** The most that the account trades of a symbol in one bar. */
export interface VolumeCap {
  /** Of the bar's volume, as a fraction. Where the volume is unknown, nothing trades. */
  readonly share?: number;
  /** Units. */
  readonly units?: number;
}

/** Units, in whole lots. Infinite without a cap. */
export function capOf(cap: VolumeCap | undefined, volume: number, lot: number): number {
  if (cap === undefined) return Number.POSITIVE_INFINITY;
  const { share, units = Number.POSITIVE_INFINITY } = cap;
  const most = Math.min(units, share === undefined ? Number.POSITIVE_INFINITY : share * volume);
  if (!(most > 0)) return 0;
  return most < Number.POSITIVE_INFINITY ? roundToLot(most, lot) : most;
}
