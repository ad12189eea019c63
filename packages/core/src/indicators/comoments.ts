/** Sums of the products of the deviations of two windows from their means. */
export interface Comoments {
  aa: number;
  ab: number;
  bb: number;
}

// One record for all windows: it holds nothing between calls.
const moments: Comoments = { aa: 0, ab: 0, bb: 0 };

/** `a[atA]` and `b[atB]` are the oldest values. Deviations are taken from them first, so that equal values give exactly 0. */
export function comoments(a: Float64Array, atA: number, b: Float64Array, atB: number, bars: number): Comoments {
  const shiftA = a[atA]!;
  const shiftB = b[atB]!;
  let meanA = 0;
  let meanB = 0;
  for (let i = 0; i < bars; i++) {
    meanA += a[atA + i]! - shiftA;
    meanB += b[atB + i]! - shiftB;
  }
  meanA /= bars;
  meanB /= bars;
  let aa = 0;
  let ab = 0;
  let bb = 0;
  for (let i = 0; i < bars; i++) {
    const x = a[atA + i]! - shiftA - meanA;
    const y = b[atB + i]! - shiftB - meanB;
    aa += x * x;
    ab += x * y;
    bb += y * y;
  }
  moments.aa = aa;
  moments.ab = ab;
  moments.bb = bb;
  return moments;
}

/** Pearson's correlation, cut to [-1, 1]; NaN where one of the windows does not vary. */
export function correlationOf({ aa, ab, bb }: Comoments): number {
  if (aa === 0 || bb === 0) return Number.NaN;
  return Math.min(1, Math.max(-1, ab / (Math.sqrt(aa) * Math.sqrt(bb))));
}
