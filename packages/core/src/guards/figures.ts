import type { RunFigures } from "./costs.ts";

/** Figures of a stretch of per-period simple returns. @param periodsPerYear for annualising */
export function figuresOf(returns: ArrayLike<number>, periodsPerYear: number): RunFigures {
  const n = returns.length;
  if (n === 0) return { totalReturn: null, sharpe: null };
  let growth = 1;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    growth *= 1 + returns[i]!;
    sum += returns[i]!;
  }
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (returns[i]! - mean) ** 2;
  const deviation = Math.sqrt(squares / (n - 1));
  const sharpe = (mean / deviation) * Math.sqrt(periodsPerYear);
  return {
    totalReturn: finite(growth - 1),
    // Equal returns leave a deviation of rounding dust, which would divide to anything.
    sharpe: deviation > 1e-12 * Math.abs(mean) ? finite(sharpe) : null,
  };
}

/** The deepest fall from a peak of the growth of 1, as a positive fraction. */
export function deepestFall(returns: ArrayLike<number>): number {
  let value = 1;
  let peak = 1;
  let deepest = 0;
  for (let i = 0; i < returns.length; i++) {
    value *= 1 + returns[i]!;
    peak = Math.max(peak, value);
    deepest = Math.max(deepest, 1 - value / peak);
  }
  return deepest;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
