/** Keeps ratios finite where a curve goes nowhere, and a harmonic mean away from zero. */
const EPSILON = 1e-10;
const STRIDES = [1, 5, 20] as const;
const SIGNIFICANT_T = 3;

/** How straight a cumulative curve rises, first recipe. All but `netGain` are in [0, 1]. */
export interface EquityLinearityV1 {
  /** R² of a line over time, 0 unless it rises. */
  readonly r2Up: number;
  /** Length of the straight way over the length of the curve, both axes scaled to 1. */
  readonly straightness: number;
  /** Share of steps that rise. */
  readonly monotonicity: number;
  /** Share of points at a new high. */
  readonly newHighs: number;
  readonly netGain: number;
  /** 0.45 r2Up + 0.45 straightness + 0.05 monotonicity + 0.05 newHighs; 0 without a net gain. */
  readonly score: number;
}

/** Second recipe: what it punishes can't be bought back by something else (harmonic mean). */
export interface EquityLinearityV2 {
  readonly r2Up: number;
  /** Spearman's rank correlation with time, average ranks for ties. */
  readonly spearman: number;
  /** t statistic of the slope over time; 0 where the fit leaves no residual. */
  readonly slopeT: number;
  /** min(1, |t| / 3). */
  readonly slopeSignificance: number;
  /** |net| over total variation, geometric mean over strides of 1, 5 and 20 points that fit more than twice. */
  readonly variationRatio: number;
  readonly timeUnderWater: number;
  readonly newHighs: number;
  /** Deepest fall over |net|. */
  readonly drawdown: number;
  /** In the wished direction. */
  readonly netGain: number;
  readonly score: number;
}

/** Scores a cumulative series (equity or summed profit) of any unit. Fewer than three points score zero everywhere. */
export function equityLinearityV1(curve: Float64Array): EquityLinearityV1 {
  const count = curve.length;
  if (count < 3) return { r2Up: 0, straightness: 0, monotonicity: 0, newHighs: 0, netGain: 0, score: 0 };
  const netGain = curve[count - 1]! - curve[0]!;
  const fit = lineOverTime(curve);
  const r2Up = fit.slope > 0 ? fit.r2 : 0;
  let path = 0;
  let rises = 0;
  for (let i = 1; i < count; i++) {
    const step = curve[i]! - curve[i - 1]!;
    if (step > 0) rises++;
    path += Math.hypot(1 / (count - 1), step / netGain);
  }
  const straightness = netGain === 0 ? 0 : Math.SQRT2 / path;
  const monotonicity = rises / (count - 1);
  const newHighs = 1 - belowPeak(curve).share;
  const score = netGain > 0 ? 0.45 * r2Up + 0.45 * straightness + 0.05 * monotonicity + 0.05 * newHighs : 0;
  return { r2Up, straightness, monotonicity, newHighs, netGain, score };
}

/** As {@link equityLinearityV1}, by the second recipe. `direction` -1 judges a curve that is wished to fall. */
export function equityLinearityV2(curve: Float64Array, direction: 1 | -1 = 1): EquityLinearityV2 {
  const count = curve.length;
  if (count < 3)
    return {
      r2Up: 0,
      spearman: 0,
      slopeT: 0,
      slopeSignificance: 0,
      variationRatio: 0,
      timeUnderWater: 0,
      newHighs: 0,
      drawdown: 0,
      netGain: 0,
      score: 0,
    };
  const values = direction === 1 ? curve : curve.map((value) => -value);
  const netGain = values[count - 1]! - values[0]!;
  const fit = lineOverTime(values);
  const r2Up = fit.slope > 0 ? fit.r2 : 0;
  const spearman = rankCorrelationWithTime(values);
  const variationRatio = meanVariationRatio(values);
  const peak = belowPeak(values);
  const drawdown = peak.deepest / (Math.abs(netGain) + EPSILON);
  const parts = [Math.sqrt(r2Up * Math.max(0, spearman)), variationRatio, 1 - peak.share, 1 / (1 + drawdown)].map(
    (part) => Math.min(1, Math.max(EPSILON, part)),
  );
  return {
    r2Up,
    spearman,
    slopeT: fit.t,
    slopeSignificance: Math.min(1, Math.abs(fit.t) / SIGNIFICANT_T),
    variationRatio,
    timeUnderWater: peak.share,
    newHighs: 1 - peak.share,
    drawdown,
    netGain,
    score: netGain > 0 ? parts.length / parts.reduce((sum, part) => sum + 1 / part, 0) : 0,
  };
}

/** Least squares over 0, 1, 2… */
function lineOverTime(values: Float64Array): { readonly slope: number; readonly r2: number; readonly t: number } {
  const count = values.length;
  const middle = (count - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  let timeSquares = 0;
  let cross = 0;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const time = i - middle;
    const value = values[i]! - mean;
    timeSquares += time * time;
    cross += time * value;
    total += value * value;
  }
  const slope = cross / timeSquares;
  if (total === 0) return { slope, r2: 0, t: 0 };
  let residual = 0;
  for (let i = 0; i < count; i++) residual += (values[i]! - mean - slope * (i - middle)) ** 2;
  const error = Math.sqrt(residual / (count - 2) / timeSquares);
  return { slope, r2: Math.max(0, 1 - residual / total), t: error > 0 ? slope / error : 0 };
}

function belowPeak(values: Float64Array): { readonly share: number; readonly deepest: number } {
  let peak = Number.NEGATIVE_INFINITY;
  let below = 0;
  let deepest = 0;
  for (const value of values) {
    peak = Math.max(peak, value);
    if (value < peak) below++;
    deepest = Math.max(deepest, peak - value);
  }
  return { share: below / values.length, deepest };
}

function meanVariationRatio(values: Float64Array): number {
  let logs = 0;
  let counted = 0;
  for (const stride of STRIDES) {
    if (values.length <= 2 * stride) continue;
    logs += Math.log(Math.max(EPSILON, variationRatio(values, stride)));
    counted++;
  }
  return counted === 0 ? variationRatio(values, 1) : Math.exp(logs / counted);
}

function variationRatio(values: Float64Array, stride: number): number {
  let variation = 0;
  let last = values[0]!;
  for (let i = stride; i < values.length; i += stride) {
    variation += Math.abs(values[i]! - last);
    last = values[i]!;
  }
  return variation === 0 ? 0 : Math.abs(last - values[0]!) / variation;
}

function rankCorrelationWithTime(values: Float64Array): number {
  const count = values.length;
  const ranks = averageRanks(values);
  const middle = (count + 1) / 2;
  let cross = 0;
  let timeSquares = 0;
  let rankSquares = 0;
  for (let i = 0; i < count; i++) {
    const time = i + 1 - middle;
    const rank = ranks[i]! - middle;
    cross += time * rank;
    timeSquares += time * time;
    rankSquares += rank * rank;
  }
  return rankSquares === 0 ? 0 : cross / Math.sqrt(timeSquares * rankSquares);
}

/** 1 is the smallest; equal values share the mean of their ranks. */
function averageRanks(values: Float64Array): Float64Array {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) ranks[order[i]!] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}
