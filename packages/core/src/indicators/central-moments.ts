/** Sums of the second, third and fourth powers of the deviations of a window from its mean. */
export interface CentralMoments {
  second: number;
  third: number;
  fourth: number;
}

// One record for all windows: it holds nothing between calls.
const moments: CentralMoments = { second: 0, third: 0, fourth: 0 };

/** Deviations are taken from the window's first value before its mean is, so that equal values give exactly 0. */
export function centralMoments(ring: Float64Array, at: number, bars: number): CentralMoments {
  const shift = ring[at]!;
  let mean = 0;
  for (let i = at; i < at + bars; i++) mean += ring[i]! - shift;
  mean /= bars;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let i = at; i < at + bars; i++) {
    const deviation = ring[i]! - shift - mean;
    const square = deviation * deviation;
    second += square;
    third += square * deviation;
    fourth += square * square;
  }
  moments.second = second;
  moments.third = third;
  moments.fourth = fourth;
  return moments;
}
