/** Per period. Skewness and raw kurtosis are those of the population. */
export interface SharpeShape {
  readonly sharpe: number;
  readonly skew: number;
  /** Raw (normal = 3). */
  readonly kurtosis: number;
  readonly periods: number;
}

/**
 * Variance of an estimated Sharpe ratio: (1 - skew * SR + (kurtosis - 1) / 4 * SR^2) / (periods - 1).
 *
 * @see Mertens (2002), "Comments on variance of the IID estimator in Lo (2002)"; Bailey & López de Prado (2012), "The Sharpe Ratio
 *   Efficient Frontier", Journal of Risk 15(2), equation 4
 */
export function sharpeVariance({ sharpe, skew, kurtosis, periods }: SharpeShape): number {
  return (1 - skew * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe) / (periods - 1);
}
