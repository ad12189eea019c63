import { stationaryResamples } from "./stationary-bootstrap.ts";

/** A long-run deviation below this share of the root mean square is rounding. */
const ROUNDING = 1e-9;

/** Tests of the best of many trials against a benchmark. p-values are (1 + resamples at or above) / (1 + resamples). */
export interface MaxStatistic {
  /** White's reality check. */
  readonly realityCheck: number;
  /** Hansen's test of superior predictive ability: with the consistent null, and its bounds. `lower` ≤ `consistent` ≤ `upper`. */
  readonly consistent: number;
  readonly lower: number;
  readonly upper: number;
  /** The consistent test's word on the trial `own` alone, adjusted for all that were tried. */
  readonly own: number;
}

/**
 * Null hypothesis: no trial's mean excess return is above zero. The stationary bootstrap resamples all trials together, so that what
 * they have in common stays. White compares max √n·mean; Hansen divides by each trial's long-run deviation and does not let trials that
 * are clearly bad make the null easier.
 *
 * @param excess returns above the benchmark, rows of equal length, at least 3 periods
 * @see White (2000), "A Reality Check for Data Snooping", Econometrica 68(5)
 * @see Hansen (2005), "A Test for Superior Predictive Ability", Journal of Business & Economic Statistics 23(4)
 */
export function maxStatistic(
  excess: readonly Float64Array[],
  how: {
    readonly own: number;
    readonly blockLength: number;
    readonly resamples: number;
    readonly key: number;
  },
): MaxStatistic {
  const size = excess.length;
  const periods = excess[0]!.length;
  const root = Math.sqrt(periods);
  const means = Float64Array.from(excess, (row) => row.reduce((sum, value) => sum + value, 0) / periods);
  const centered = byPeriod(excess, means);
  const deviations = Float64Array.from(excess, (row, i) => {
    const deviation = longRunDeviation(
      row.map((value) => value - means[i]!),
      1 / how.blockLength,
    );
    const size = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0) / periods);
    // What does not vary has no scale to be compared on: it neither is the best nor makes the null harder.
    return deviation > ROUNDING * size ? deviation : Number.POSITIVE_INFINITY;
  });
  const scaled = means.map((mean, i) => (root * mean) / deviations[i]!);
  // A mean so far below zero is no candidate for the best: it keeps its place in the null instead of being lifted to zero.
  const bad = -Math.sqrt(2 * Math.log(Math.log(periods)));
  const best = means.reduce((most, mean) => Math.max(most, root * mean), Number.NEGATIVE_INFINITY);
  const bestScaled = scaled.reduce((most, value) => Math.max(most, value), 0);
  const ownScaled = Math.max(0, scaled[how.own]!);
  const sums = new Float64Array(size);
  const draws = new Float64Array(periods);
  let [realityCheck, lower, consistent, upper, own] = [1, 1, 1, 1, 1];
  for (const { starts, lengths, count } of stationaryResamples({ ...how, periods })) {
    draws.fill(0);
    for (let block = 0; block < count; block++)
      for (let i = 0; i < lengths[block]!; i++) {
        const at = (starts[block]! + i) % periods;
        draws[at] = draws[at]! + 1;
      }
    sumDraws(sums, centered, draws);
    let plain = Number.NEGATIVE_INFINITY;
    let [low, middle, high] = [0, 0, 0];
    for (let i = 0; i < size; i++) {
      const value = sums[i]! / root;
      const standard = value / deviations[i]!;
      const place = scaled[i]!;
      if (value > plain) plain = value;
      high = Math.max(high, standard);
      middle = Math.max(middle, place <= bad ? standard + place : standard);
      low = Math.max(low, standard + Math.min(0, place));
    }
    if (plain >= best) realityCheck++;
    if (low >= bestScaled) lower++;
    if (middle >= bestScaled) consistent++;
    if (high >= bestScaled) upper++;
    if (middle >= ownScaled) own++;
  }
  const all = how.resamples + 1;
  return {
    realityCheck: realityCheck / all,
    lower: lower / all,
    consistent: consistent / all,
    upper: upper / all,
    own: own / all,
  };
}

/** The rows minus their means, period by period: period t of trial i at `t * trials + i`. */
function byPeriod(rows: readonly Float64Array[], means: Float64Array): Float64Array {
  const size = rows.length;
  const cells = new Float64Array(rows[0]!.length * size);
  rows.forEach((row, i) => {
    for (let t = 0; t < row.length; t++) cells[t * size + i] = row[t]! - means[i]!;
  });
  return cells;
}

/** Sums of every trial over the periods, each as often as it was drawn. Four periods at a time: the sums are touched a quarter as often. */
function sumDraws(sums: Float64Array, cells: Float64Array, draws: Float64Array): void {
  const size = sums.length;
  const drawn: number[] = [];
  for (let t = 0; t < draws.length; t++) if (draws[t]! > 0) drawn.push(t);
  // The last four are filled up with the first period, drawn no time.
  const timesOf = (k: number): number => (k < drawn.length ? draws[drawn[k]!]! : 0);
  const rowOf = (k: number): number => (drawn[k] ?? 0) * size;
  sums.fill(0);
  for (let k = 0; k < drawn.length; k += 4) {
    const [a, b, c, d] = [timesOf(k), timesOf(k + 1), timesOf(k + 2), timesOf(k + 3)];
    const [p, q, r, s] = [rowOf(k), rowOf(k + 1), rowOf(k + 2), rowOf(k + 3)];
    for (let i = 0; i < size; i++)
      sums[i] = sums[i]! + a * cells[p + i]! + b * cells[q + i]! + c * cells[r + i]! + d * cells[s + i]!;
  }
}

/**
 * Deviation of √n times the mean under the stationary bootstrap, exactly: the root of C(0) + 2·Σ (1 - i/n)·(1 - q)^i·C(i) over the
 * circular autocovariances C of lags 1 to n - 1. The sums Σ a^i·x(t - i) and Σ i·a^i·x(t - i) follow from one period to the next, so it
 * takes one pass.
 *
 * @param centered the series minus its mean
 * @param q the probability of a new block, 1 over the mean block length
 * @see Politis & Romano (1994), lemma 1
 */
export function longRunDeviation(centered: Float64Array, q: number): number {
  const count = centered.length;
  const stay = 1 - q;
  const fade = stay ** (count - 1);
  let [near, ramp, weight] = [0, 0, 1];
  for (let i = 1; i < count; i++) {
    weight *= stay;
    near += weight * centered[count - i]!;
    ramp += i * weight * centered[count - i]!;
  }
  let total = 0;
  for (let t = 0; t < count; t++) {
    const value = centered[t]!;
    total += value * (value + 2 * (near - ramp / count));
    // The next period, which is also n - 1 periods back, drops out of the sums.
    const last = centered[t + 1 < count ? t + 1 : 0]!;
    ramp = stay * (ramp - (count - 1) * fade * last + near - fade * last + value);
    near = stay * (near - fade * last + value);
  }
  return Math.sqrt(Math.max(0, total / count));
}
