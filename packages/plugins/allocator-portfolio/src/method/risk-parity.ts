import { factor, type Square, solveFactored, times } from "../cholesky.ts";
import { correlationOf } from "../covariance/moments.ts";
import type { Answer, Task } from "../task.ts";
import { proportional, towards } from "./inverse-volatility.ts";

const SWEEPS = 20;
const STEPS = 200;
const ENOUGH = 1e-14;

/**
 * Shares of which each strategy contributes its part of the portfolio's variance: the minimum of `y' C y / 2 - sum budget log y` over
 * the correlations, by coordinate descent as far as that is quick, and then by Newton's method.
 *
 * @see Griveau-Billion, Richard & Roncalli (2013), A Fast Algorithm for Computing High-dimensional Risk Parity Portfolios
 * @see Spinu (2013), An Algorithm for Computing Risk Parity Weights
 * @param budgets parts by strategy; one that is not named counts 1
 */
export function riskParity(task: Task, budgets: Readonly<Record<string, number>>): Answer {
  const { names, covariance, deviations, budget } = task;
  const parts = Float64Array.from(names, (name) => (Object.hasOwn(budgets, name) ? budgets[name]! : 1));
  const total = parts.reduce((sum, part) => sum + part, 0);
  const target = parts.map((part) => part / total);
  const found = budgeted(correlationOf(covariance, deviations), target);
  if (found === undefined) return "some strategies cancel each other, so that no shares have these parts of the risk";
  const wanted = proportional(
    found.y.map((value, i) => value / deviations[i]!),
    budget,
  );
  return towards(task, wanted, { risk_budget_residual: found.residual });
}

/** `y` with `y_i (C y)_i = budget_i`, and by how much it misses. */
function budgeted(
  matrix: Square,
  budget: Float64Array,
): { readonly y: Float64Array; readonly residual: number } | undefined {
  const { size } = matrix;
  let y = budget.map(Math.sqrt);
  const scale = Math.sqrt(1 / y.reduce((sum, value, i) => sum + value * times(matrix, y)[i]!, 0));
  if (!Number.isFinite(scale)) return undefined;
  y = y.map((value) => value * scale);
  for (let sweep = 0; sweep < SWEEPS; sweep++) descend(matrix, budget, y);
  let best = { y, residual: Number.POSITIVE_INFINITY };
  for (let step = 0; step < STEPS; step++) {
    const product = times(matrix, y);
    let residual = 0;
    for (let i = 0; i < size; i++) residual = Math.max(residual, Math.abs(y[i]! * product[i]! - budget[i]!));
    if (residual < best.residual) best = { y, residual };
    else if (residual < 1e-10) break;
    if (residual <= ENOUGH) break;
    const hessian = { size, values: matrix.values.slice() };
    const change = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      hessian.values[i * size + i]! += budget[i]! / y[i]! ** 2;
      change[i] = budget[i]! / y[i]! - product[i]!;
    }
    if (!factor(hessian)) return undefined;
    const gradient = change.slice();
    solveFactored(hessian, change);
    const decrement = Math.sqrt(gradient.reduce((sum, value, i) => sum + value * change[i]!, 0));
    // Damped as far from the minimum as a self-concordant function asks for: no step leaves what is above 0.
    const least = budget.reduce((smallest, part) => Math.min(smallest, part), 1);
    const length = decrement < 0.25 * Math.sqrt(least) ? 1 : 1 / (1 + decrement / Math.sqrt(least));
    y = y.map((value, i) => value + length * change[i]!);
  }
  return best.residual <= 1e-9 ? best : undefined;
}

/** Each coordinate at its minimum, given the others. */
function descend({ size, values }: Square, budget: Float64Array, y: Float64Array): void {
  for (let i = 0; i < size; i++) {
    let others = -values[i * size + i]! * y[i]!;
    for (let j = 0; j < size; j++) others += values[i * size + j]! * y[j]!;
    const own = values[i * size + i]!;
    y[i] = (Math.sqrt(others * others + 4 * own * budget[i]!) - others) / (2 * own);
  }
}
