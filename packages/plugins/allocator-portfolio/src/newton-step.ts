import { solverOf, square, times } from "./cholesky.ts";
import { type Centre, type Point, type Residuals, rest } from "./interior-point.ts";
import type { QuadraticProgram } from "./program.ts";
import { addOuters, addProducts, addRows, addTo, along, alongRows, type Row, type Rows } from "./program-rows.ts";

export type Newton = (off: Residuals, centre: Centre, rounds: number) => Point;

/** A row that is solved for beside the variables: `row . dx - soft * d(multiplier)` is known. */
interface Coupling {
  readonly row: Row;
  readonly soft: number;
}

/** Above it a limit's stiffness would drown what else is known of the variables that it couples. */
const STIFF = 1;
/** Keeps a matrix that is not quite positive definite from failing; the rounds of a step take it out again. */
const TINY = 1e-14;

/**
 * The step to where residuals vanish and the products change as asked; undefined when the system can't be solved.
 *
 * @param light rows over all variables that weigh less than this part of their mean are left out of the matrix, which the most work goes
 * into. The step is then not quite the one that was asked for, but near it; what a point is worth is measured with all rows.
 */
export function newtonOf(
  program: QuadraticProgram,
  rows: Rows,
  { slack, excess, multiplier }: Point,
  light: number,
): Newton | undefined {
  const { quadratic, linear, equal, limits } = program;
  const size = linear.length;
  const soft = new Float64Array(limits.length);
  limits.forEach((limit, k) => {
    soft[k] = slack[k]! / multiplier[k]! + (limit.weight === undefined ? 0 : excess[k]! / rest(limit, multiplier[k]!));
  });
  const coupled = new Int32Array(limits.length).fill(-1);
  const couplings: Coupling[] = equal.map((row) => ({ row, soft: 0 }));
  const matrix = square(size);
  for (let i = 0; i < quadratic.size; i++)
    for (let j = 0; j <= i; j++) matrix.values[i * size + j] = quadratic.values[i * quadratic.size + j]!;
  const weights = soft.map((value) => 1 / value);
  limits.forEach((row, k) => {
    if (soft[k]! * STIFF > 1 || row.coefficients.length <= 1) return;
    coupled[k] = couplings.push({ row, soft: soft[k]! }) - 1;
    weights[k] = 0;
  });
  if (light > 0) leaveOut(weights, rows, light);
  addOuters(matrix, rows, weights);
  for (let i = 0; i < size; i++) matrix.values[i * size + i]! += TINY;
  const solver = solverOf(matrix);
  if (solver === undefined) return undefined;
  const count = couplings.length;
  const halves = new Float64Array(count * size);
  couplings.forEach(({ row }, j) => {
    addTo(halves.subarray(j * size, (j + 1) * size), row, 1);
  });
  solver.half(halves, count);
  const small = square(count);
  addProducts(small, halves, size);
  couplings.forEach(({ soft: own }, j) => {
    small.values[j * count + j]! += own;
  });
  const smallSolver = solverOf(small);
  if (smallSolver === undefined) return undefined;

  const product = (x: Float64Array, duals: Float64Array): Float64Array => {
    const sum = new Float64Array(size);
    sum.set(times(quadratic, x));
    equal.forEach((row, j) => {
      addTo(sum, row, duals[j]!);
    });
    const factors = alongRows(rows, x);
    for (let k = 0; k < factors.length; k++)
      factors[k] = coupled[k] === -1 ? factors[k]! / soft[k]! : duals[coupled[k]!]!;
    addRows(sum, rows, factors);
    return sum;
  };

  return (off, centre, rounds) => {
    const shift = off.limits.slice();
    const factors = new Float64Array(limits.length);
    const right = off.gradient.map((value) => -value);
    const known = new Float64Array(count);
    off.equal.forEach((value, j) => {
      known[j] = -value;
    });
    limits.forEach((limit, k) => {
      const upper = limit.weight === undefined ? 0 : centre.upper[k]! / rest(limit, multiplier[k]!);
      shift[k]! += centre.lower[k]! / multiplier[k]! - upper;
      if (coupled[k] === -1) factors[k] = -shift[k]! / soft[k]!;
      else known[coupled[k]!] = -shift[k]!;
    });
    addRows(right, rows, factors);
    const x = new Float64Array(size);
    const duals = new Float64Array(count);
    // Again for what rounding left over: near the end the system is stiff.
    for (let round = 0; round < rounds; round++) {
      const dx = right.slice();
      const du = new Float64Array(count);
      if (round > 0) {
        const sum = product(x, duals);
        for (let i = 0; i < size; i++) dx[i]! -= sum[i]!;
      }
      const alone = dx.slice();
      solver.solve(alone);
      couplings.forEach(({ row, soft: own }, j) => {
        du[j] = along(row, alone) - (known[j]! - along(row, x) + own * duals[j]!);
      });
      smallSolver.solve(du);
      couplings.forEach(({ row }, j) => {
        addTo(dx, row, -du[j]!);
      });
      solver.solve(dx);
      for (let i = 0; i < size; i++) x[i]! += dx[i]!;
      for (let j = 0; j < count; j++) duals[j]! += du[j]!;
    }
    const step: Point = {
      x,
      dual: duals.slice(0, equal.length),
      slack: new Float64Array(limits.length),
      excess: new Float64Array(limits.length),
      multiplier: new Float64Array(limits.length),
    };
    const reached = alongRows(rows, x);
    limits.forEach((limit, k) => {
      const change = coupled[k] === -1 ? (reached[k]! + shift[k]!) / soft[k]! : duals[coupled[k]!]!;
      step.multiplier[k] = change;
      step.slack[k] = (centre.lower[k]! - slack[k]! * change) / multiplier[k]!;
      if (limit.weight !== undefined)
        step.excess[k] = (centre.upper[k]! + excess[k]! * change) / rest(limit, multiplier[k]!);
    });
    return step;
  };
}

function leaveOut(weights: Float64Array, { places }: Rows, light: number): void {
  let sum = 0;
  let count = 0;
  for (const place of places) {
    sum += weights[place]!;
    if (weights[place]! > 0) count++;
  }
  const least = (light * sum) / count;
  for (const place of places) if (weights[place]! < least) weights[place] = 0;
}
