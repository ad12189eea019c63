/** The exponentially weighted mean and deviation of a price. */
export interface PriceLevel {
  readonly mean: number;
  readonly deviation: number;
}

export interface PriceBand extends PriceLevel {
  readonly lower: number;
  readonly upper: number;
  /** The price less the mean. */
  readonly residual: number;
  /** The residual in half widths of the band: -1 to 1 inside of it. NaN for a band without a width. */
  readonly position: number;
}

/**
 * One step of a band that follows a price: `mean += meanGain * (price - mean)`, then `deviation^2` towards the square of what is left by
 * `deviationGain`, and the band `width` deviations on either side (RiskMetrics 1996, section 5.2, with a moving mean). For a node with
 * state; a price that is NaN gives NaN, so keep the level of before.
 *
 * @param before the level after the last price
 * @example
 * priceBand(105, { mean: 100, deviation: 2 }, { meanGain: 0.1, deviationGain: 0.2, width: 2 }).upper; // 105.885…
 */
export function priceBand(
  price: number,
  before: PriceLevel,
  {
    meanGain,
    deviationGain,
    width,
  }: { readonly meanGain: number; readonly deviationGain: number; readonly width: number },
): PriceBand {
  const mean = (1 - meanGain) * before.mean + meanGain * price;
  const residual = price - mean;
  const deviation = Math.sqrt(
    (1 - deviationGain) * before.deviation * before.deviation + deviationGain * residual * residual,
  );
  const half = width * deviation;
  return {
    mean,
    deviation,
    lower: mean - half,
    upper: mean + half,
    residual,
    position: half === 0 ? Number.NaN : residual / half,
  };
}
