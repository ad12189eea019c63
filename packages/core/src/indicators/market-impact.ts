/**
 * What an order moves the price by, in the units of its calibration: `sqrt(quantity / volume) / depth^beta` (the square-root law; Tóth et
 * al. 2011, "Anomalous price impact and the critical nature of liquidity in financial markets", with a book's depth in the denominator).
 * NaN where volume or depth is not above 0 or quantity is below 0. Call it inside a `compute`.
 *
 * @param quantity of the order, in the units of `volume`
 * @example
 * squareRootImpact({ quantity: 100, volume: 10_000, depth: 4, beta: 0.5 }); // 0.05
 */
export function squareRootImpact({
  quantity,
  volume,
  depth,
  beta,
}: {
  readonly quantity: number;
  readonly volume: number;
  readonly depth: number;
  readonly beta: number;
}): number {
  if (!(volume > 0 && depth > 0)) return Number.NaN;
  return Math.sqrt(quantity / volume) / depth ** beta;
}

/**
 * Latent-liquidity reconfiguration: how fast the book's depth changed, `sum(depthChanges) / seconds`, while the price moved by more than
 * `least`; 0 while it did not. NaN for a time that is not above 0. Call it inside a `compute`.
 *
 * @example
 * liquidityShift({ depthChanges: [5, -2, 3], priceChange: 0.2, seconds: 2, least: 0.1 }); // 3
 */
export function liquidityShift({
  depthChanges,
  priceChange,
  seconds,
  least,
}: {
  readonly depthChanges: Iterable<number>;
  readonly priceChange: number;
  readonly seconds: number;
  readonly least: number;
}): number {
  if (!(seconds > 0) || Number.isNaN(priceChange)) return Number.NaN;
  if (Math.abs(priceChange) <= least) return 0;
  let sum = 0;
  for (const change of depthChanges) sum += change;
  return sum / seconds;
}
