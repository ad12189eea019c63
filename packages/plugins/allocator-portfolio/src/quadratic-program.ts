import { type Square, solverOf, square, times } from "./cholesky.ts";

/** `coefficients` at `at`, 0 elsewhere; without `at` the first of all variables. */
export interface Row {
  readonly at?: Int32Array;
  readonly coefficients: Float64Array;
  readonly bound: number;
}

/** `row . x <= bound`: strictly without a weight, else each unit above it costs `weight`. */
export interface Limit extends Row {
  readonly weight?: number;
}

/**
 * Minimise `x' Q x / 2 + linear . x` plus the price of what is above its limit. `Q` is positive semidefinite and belongs to the first
 * `quadratic.size` of the `linear.length` variables.
 */
export interface QuadraticProgram {
  readonly quadratic: Square;
  readonly linear: Float64Array;
  readonly equal: readonly Row[];
  readonly limits: readonly Limit[];
}

export interface Optimum {
  readonly x: Float64Array;
  /** Of the limits: what the objective gains per unit that the bound gives way. */
  readonly multipliers: Float64Array;
  /**
   * The largest violation of the Karush-Kuhn-Tucker conditions: gradient, limits, and multiplier times slack, in the units of the
   * program.
   */
  readonly residual: number;
}

const STEPS = 120;
const ENOUGH = 1e-12;
/** Keeps a matrix that is not quite positive definite from failing; the rounds of a step take it out again. */
const TINY = 1e-14;
/** A residual above it is worth another attempt. */
const POOR = 1e-10;

/** How much larger than the slope the first multipliers are, and how far the way to the nearest boundary is gone. */
interface Pace {
  readonly start: number;
  readonly reach: number;
}

const QUICK: Pace = { start: 1, reach: 0.995 };
const CAREFUL: Pace = { start: 10, reach: 0.9 };

/**
 * A primal-dual interior-point method with Mehrotra's predictor and corrector. A limit with a weight is one whose multiplier is bounded
 * by it. Works best where the entries of the program are around 1.
 *
 * @see Nocedal & Wright (2006), Numerical Optimization, sections 14.2 and 16.6
 */
export function solveProgram(program: QuadraticProgram): Optimum {
  const quick = attempt(program, QUICK);
  if (quick.residual <= POOR) return quick;
  const careful = attempt(program, CAREFUL);
  return careful.residual < quick.residual ? careful : quick;
}

function attempt(program: QuadraticProgram, { start, reach }: Pace): Optimum {
  const { limits } = program;
  const count = limits.length;
  let point = startOf(program, start);
  let best = point;
  let bestResidual = Number.POSITIVE_INFINITY;
  let stuck = 0;
  for (let step = 0; step < STEPS && stuck < 25; step++) {
    const off = residualsOf(program, point);
    const residual = largestOf(program, off, point);
    if (!(residual < bestResidual * 0.9)) stuck++;
    else stuck = 0;
    if (residual < bestResidual) {
      best = point;
      bestResidual = residual;
    }
    if (residual <= ENOUGH || Number.isNaN(residual)) break;

    const newton = newtonOf(program, point);
    if (newton === undefined) break;
    const gap = gapOf(program, point);
    const pairs = count + limits.filter(({ weight }) => weight !== undefined).length;
    const centre: Centre = { lower: new Float64Array(count), upper: new Float64Array(count) };
    for (let k = 0; k < count; k++) {
      centre.lower[k] = -point.slack[k]! * point.multiplier[k]!;
      centre.upper[k] = -point.excess[k]! * rest(limits[k]!, point.multiplier[k]!);
    }
    const affine = newton(off, centre);
    const predicted = gapOf(program, moved(point, affine, Math.min(1, lengthOf(program, point, affine))));
    const sigma = gap === 0 ? 0 : (predicted / gap) ** 3;
    const target = pairs === 0 ? 0 : (sigma * gap) / pairs;
    for (let k = 0; k < count; k++) {
      centre.lower[k]! += target - affine.slack[k]! * affine.multiplier[k]!;
      if (limits[k]!.weight !== undefined) centre.upper[k]! += target + affine.excess[k]! * affine.multiplier[k]!;
    }
    const direction = newton(off, centre);
    const length = Math.min(1, reach * lengthOf(program, point, direction));
    if (!(length > 1e-14)) break;
    point = moved(point, direction, length);
  }
  return { x: best.x, multipliers: best.multiplier, residual: bestResidual };
}

/** `slack - excess = bound - row . x`; where there is no weight there is no excess. */
interface Point {
  readonly x: Float64Array;
  readonly dual: Float64Array;
  readonly slack: Float64Array;
  readonly excess: Float64Array;
  readonly multiplier: Float64Array;
}

interface Residuals {
  readonly gradient: Float64Array;
  readonly equal: Float64Array;
  readonly limits: Float64Array;
}

/** What the products of each pair should change by: slack and multiplier, excess and the rest of the weight. */
interface Centre {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

function rest({ weight }: Limit, multiplier: number): number {
  return weight === undefined ? 1 : weight - multiplier;
}

function startOf({ linear, equal, limits }: QuadraticProgram, larger: number): Point {
  // Multipliers as large as the slope that they hold against: with smaller ones the first steps are short.
  const slope = larger * linear.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const multiplier = Float64Array.from(limits, ({ weight = Number.POSITIVE_INFINITY }) => Math.min(slope, weight / 2));
  return {
    x: new Float64Array(linear.length),
    dual: new Float64Array(equal.length),
    slack: Float64Array.from(limits, ({ bound, weight }) => Math.max(1, weight === undefined ? bound : bound + 1)),
    excess: Float64Array.from(limits, ({ weight }) => (weight === undefined ? 0 : 1)),
    multiplier,
  };
}

function along({ at, coefficients }: Row, x: Float64Array): number {
  let sum = 0;
  if (at === undefined) for (let i = 0; i < coefficients.length; i++) sum += coefficients[i]! * x[i]!;
  else for (let i = 0; i < at.length; i++) sum += coefficients[i]! * x[at[i]!]!;
  return sum;
}

function addTo(x: Float64Array, { at, coefficients }: Row, factorOf: number): void {
  if (at === undefined) for (let i = 0; i < coefficients.length; i++) x[i]! += coefficients[i]! * factorOf;
  else for (let i = 0; i < at.length; i++) x[at[i]!]! += coefficients[i]! * factorOf;
}

function residualsOf({ quadratic, linear, equal, limits }: QuadraticProgram, point: Point): Residuals {
  const { x, dual, slack, excess, multiplier } = point;
  const gradient = linear.slice();
  const curved = times(quadratic, x);
  for (let i = 0; i < curved.length; i++) gradient[i]! += curved[i]!;
  const offEqual = new Float64Array(equal.length);
  equal.forEach((row, k) => {
    addTo(gradient, row, dual[k]!);
    offEqual[k] = along(row, x) - row.bound;
  });
  const offLimits = new Float64Array(limits.length);
  limits.forEach((row, k) => {
    addTo(gradient, row, multiplier[k]!);
    offLimits[k] = along(row, x) + slack[k]! - excess[k]! - row.bound;
  });
  return { gradient, equal: offEqual, limits: offLimits };
}

function largestOf(
  { limits }: QuadraticProgram,
  { gradient, equal, limits: offLimits }: Residuals,
  { slack, multiplier, excess }: Point,
): number {
  let largest = 0;
  const see = (value: number): void => {
    if (!(Math.abs(value) <= largest)) largest = Math.abs(value);
  };
  gradient.forEach(see);
  equal.forEach(see);
  offLimits.forEach(see);
  limits.forEach((limit, k) => {
    see(slack[k]! * multiplier[k]!);
    if (limit.weight !== undefined) see(excess[k]! * rest(limit, multiplier[k]!));
  });
  return largest;
}

function gapOf({ limits }: QuadraticProgram, { slack, excess, multiplier }: Point): number {
  let gap = 0;
  limits.forEach((limit, k) => {
    gap += slack[k]! * multiplier[k]!;
    if (limit.weight !== undefined) gap += excess[k]! * rest(limit, multiplier[k]!);
  });
  return gap;
}

/** A row that is solved for beside the variables: `row . dx - soft * d(multiplier)` is known. */
interface Coupling {
  readonly row: Row;
  readonly soft: number;
}

/** Above it a limit's stiffness would drown what else is known of the variables that it couples. */
const STIFF = 1;

/** The step to where residuals vanish and the products change as asked; undefined when the system can't be solved. */
function newtonOf(
  program: QuadraticProgram,
  { slack, excess, multiplier }: Point,
): ((off: Residuals, centre: Centre) => Point) | undefined {
  const { quadratic, linear, equal, limits } = program;
  const size = linear.length;
  const soft = Float64Array.from(
    limits,
    (limit, k) =>
      slack[k]! / multiplier[k]! + (limit.weight === undefined ? 0 : excess[k]! / rest(limit, multiplier[k]!)),
  );
  const coupled = new Int32Array(limits.length).fill(-1);
  const couplings: Coupling[] = equal.map((row) => ({ row, soft: 0 }));
  const matrix = square(size);
  for (let i = 0; i < quadratic.size; i++)
    for (let j = 0; j <= i; j++) matrix.values[i * size + j] = quadratic.values[i * quadratic.size + j]!;
  const dense: Outer[] = [];
  limits.forEach((row, k) => {
    if (soft[k]! * STIFF <= 1 && row.coefficients.length > 1) coupled[k] = couplings.push({ row, soft: soft[k]! }) - 1;
    else if (row.at === undefined) dense.push({ row: row.coefficients, weight: 1 / soft[k]! });
    else addOuter(matrix, row.at, row.coefficients, 1 / soft[k]!);
  });
  for (let k = 0; k < dense.length; k += 4) addFour(matrix, dense.slice(k, k + 4));
  for (let i = 0; i < size; i++) matrix.values[i * size + i]! += TINY;
  const solve = solverOf(matrix);
  if (solve === undefined) return undefined;
  const solved = couplings.map(({ row }) => {
    const column = new Float64Array(size);
    addTo(column, row, 1);
    solve(column);
    return column;
  });
  const count = couplings.length;
  const small = square(count);
  couplings.forEach(({ row, soft: own }, i) => {
    for (let j = 0; j < i; j++) small.values[i * count + j] = along(row, solved[j]!);
    small.values[i * count + i] = along(row, solved[i]!) + own;
  });
  const solveSmall = solverOf(small);
  if (solveSmall === undefined) return undefined;

  const product = (x: Float64Array, duals: Float64Array): Float64Array => {
    const sum = new Float64Array(size);
    sum.set(times(quadratic, x));
    limits.forEach((row, k) => {
      if (coupled[k] === -1) addTo(sum, row, along(row, x) / soft[k]!);
    });
    couplings.forEach(({ row }, j) => {
      addTo(sum, row, duals[j]!);
    });
    return sum;
  };

  return (off, centre) => {
    const shift = Float64Array.from(limits, (limit, k) => {
      const upper = limit.weight === undefined ? 0 : centre.upper[k]! / rest(limit, multiplier[k]!);
      return off.limits[k]! + centre.lower[k]! / multiplier[k]! - upper;
    });
    const right = off.gradient.map((value) => -value);
    const known = new Float64Array(count);
    off.equal.forEach((value, j) => {
      known[j] = -value;
    });
    limits.forEach((row, k) => {
      if (coupled[k] === -1) addTo(right, row, -shift[k]! / soft[k]!);
      else known[coupled[k]!] = -shift[k]!;
    });
    const x = new Float64Array(size);
    const duals = new Float64Array(count);
    // Again for what rounding left over: near the end the system is stiff.
    for (let round = 0; round < 3; round++) {
      const dx = right.slice();
      const du = new Float64Array(count);
      if (round > 0) {
        const sum = product(x, duals);
        for (let i = 0; i < size; i++) dx[i]! -= sum[i]!;
      }
      solve(dx);
      couplings.forEach(({ row, soft: own }, j) => {
        du[j] = along(row, dx) - (known[j]! - along(row, x) + own * duals[j]!);
      });
      solveSmall(du);
      solved.forEach((column, j) => {
        for (let i = 0; i < size; i++) dx[i]! -= column[i]! * du[j]!;
      });
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
    limits.forEach((limit, k) => {
      const change = coupled[k] === -1 ? (along(limit, x) + shift[k]!) / soft[k]! : duals[coupled[k]!]!;
      step.multiplier[k] = change;
      step.slack[k] = (centre.lower[k]! - slack[k]! * change) / multiplier[k]!;
      if (limit.weight !== undefined)
        step.excess[k] = (centre.upper[k]! + excess[k]! * change) / rest(limit, multiplier[k]!);
    });
    return step;
  };
}

interface Outer {
  readonly row: Float64Array;
  readonly weight: number;
}

/** Adds `weight * row row'` to the lower triangle. */
function addOuter({ size, values }: Square, at: Int32Array, coefficients: Float64Array, weight: number): void {
  for (let i = 0; i < at.length; i++)
    for (let j = 0; j < at.length; j++)
      if (at[j]! <= at[i]!) values[at[i]! * size + at[j]!]! += weight * coefficients[i]! * coefficients[j]!;
}

/** The same for up to four rows at once, so that the triangle is read and written a quarter as often. */
function addFour({ size, values }: Square, [first, second, third, fourth]: readonly Outer[]): void {
  const none = new Float64Array(first!.row.length);
  const [a, b, c, d] = [first!.row, second?.row ?? none, third?.row ?? none, fourth?.row ?? none];
  for (let i = 0; i < a.length; i++) {
    const [ai, bi] = [a[i]! * first!.weight, b[i]! * (second?.weight ?? 0)];
    const [ci, di] = [c[i]! * (third?.weight ?? 0), d[i]! * (fourth?.weight ?? 0)];
    const row = i * size;
    for (let j = 0; j <= i; j++) values[row + j]! += ai * a[j]! + bi * b[j]! + ci * c[j]! + di * d[j]!;
  }
}

/** How much of a step can be gone until a slack, an excess or a multiplier is used up. */
function lengthOf({ limits }: QuadraticProgram, point: Point, step: Point): number {
  let length = Number.POSITIVE_INFINITY;
  const see = (value: number, change: number): void => {
    if (change < 0) length = Math.min(length, -value / change);
  };
  limits.forEach((limit, k) => {
    see(point.slack[k]!, step.slack[k]!);
    see(point.multiplier[k]!, step.multiplier[k]!);
    if (limit.weight === undefined) return;
    see(point.excess[k]!, step.excess[k]!);
    see(rest(limit, point.multiplier[k]!), -step.multiplier[k]!);
  });
  return length;
}

function moved(point: Point, step: Point, length: number): Point {
  const add = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value + length * b[i]!);
  return {
    x: add(point.x, step.x),
    dual: add(point.dual, step.dual),
    slack: add(point.slack, step.slack),
    excess: add(point.excess, step.excess),
    multiplier: add(point.multiplier, step.multiplier),
  };
}
