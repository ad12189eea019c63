export interface RollingSharpe {
  /** Periods of each window. */
  readonly window: number;
  /** One per period: of the window that ends with it; `null` before the first, and where the returns of a window do not vary. */
  readonly values: readonly (number | null)[];
}

const LEAST = 20;
/** Below this the returns differ only by the rounding of equities that were divided. */
const ROUNDING = 1e-15;

/**
 * `mean(r) / sd(r) * sqrt(P)` over a window of a year, or of a quarter of a run that is shorter than two years; sample standard deviation
 * (ddof 1), no risk-free rate. Nothing for a run of fewer than 40 periods.
 */
export function rollingSharpe(returns: readonly (number | null)[], periodsPerYear: number): RollingSharpe | undefined {
  const year = Math.round(periodsPerYear);
  const window = returns.length >= 2 * year && year >= LEAST ? year : Math.max(LEAST, Math.floor(returns.length / 4));
  if (returns.length < 2 * LEAST) return undefined;
  const scale = Math.sqrt(periodsPerYear);
  const values = returns.map((_, i) => {
    if (i + 1 < window) return null;
    let sum = 0;
    for (let k = i + 1 - window; k <= i; k++) sum += returns[k] ?? Number.NaN;
    const mean = sum / window;
    let squares = 0;
    for (let k = i + 1 - window; k <= i; k++) squares += ((returns[k] ?? Number.NaN) - mean) ** 2;
    const deviation = Math.sqrt(squares / (window - 1));
    return deviation > ROUNDING ? (mean / deviation) * scale : null;
  });
  return { window, values };
}
