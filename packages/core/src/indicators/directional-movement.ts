import type { ColumnArray } from "../schema/cell.ts";

/** Wilder's sums of movement and of true range over the finite bars, the base of {@link directional} and {@link adx}. */
export interface DirectionalMovement {
  readonly bars: number;
  /** Finite bars so far, counted up to `bars + 1`. */
  seen: number;
  /** High, low and close of the last finite bar; upward movement, downward movement, range. */
  readonly memory: Float64Array;
}

export function createDirectionalMovement(bars: number): DirectionalMovement {
  return { bars, seen: 0, memory: new Float64Array(6) };
}

/**
 * Writes both movements in percent of the range, and the size of their difference in percent of their sum. The sums are seeded with
 * the first `bars - 1` movements, then `s += x - s / bars`.
 */
export function runDirectionalMovement(
  state: DirectionalMovement,
  inputs: readonly ColumnArray[],
  plus: ColumnArray,
  minus: ColumnArray,
  dx: ColumnArray,
  from: number,
  to: number,
): void {
  const { bars, memory } = state;
  const high = inputs[0]!;
  const low = inputs[1]!;
  const close = inputs[2]!;
  let { seen } = state;
  let lastHigh = memory[0]!;
  let lastLow = memory[1]!;
  let lastClose = memory[2]!;
  let up = memory[3]!;
  let down = memory[4]!;
  let range = memory[5]!;
  for (let row = from; row < to; row++) {
    const h = high[row]!;
    const l = low[row]!;
    const c = close[row]!;
    const finite = h - l + c;
    if (finite - finite !== 0) {
      plus[row] = minus[row] = dx[row] = Number.NaN;
      continue;
    }
    const rise = h - lastHigh;
    const fall = lastLow - l;
    const wide = Math.max(h - l, Math.abs(h - lastClose), Math.abs(l - lastClose));
    lastHigh = h;
    lastLow = l;
    lastClose = c;
    if (seen <= bars) seen++;
    if (seen > 1) {
      if (seen > bars) {
        up -= up / bars;
        down -= down / bars;
        range -= range / bars;
      }
      if (rise > 0 && rise > fall) up += rise;
      if (fall > 0 && fall > rise) down += fall;
      range += wide;
    }
    const ready = seen > bars;
    plus[row] = !ready ? Number.NaN : range === 0 ? 0 : 100 * (up / range);
    minus[row] = !ready ? Number.NaN : range === 0 ? 0 : 100 * (down / range);
    dx[row] = !ready ? Number.NaN : up + down === 0 ? 0 : 100 * (Math.abs(up - down) / (up + down));
  }
  state.seen = seen;
  memory[0] = lastHigh;
  memory[1] = lastLow;
  memory[2] = lastClose;
  memory[3] = up;
  memory[4] = down;
  memory[5] = range;
}
