import { multiplyThree, type Square, solverOf, square, times } from "./cholesky.ts";

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
  /** Where to begin: the nearer, the fewer steps. Default: away from all limits. */
  readonly guess?: Float64Array;
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
/** Of a step: each takes out again what rounding left of the one before, for near the end the system is stiff. */
const ROUNDS = 3;
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
  const table = tableOf(program);
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

    const newton = newtonOf(program, point, table);
    if (newton === undefined) break;
    const gap = gapOf(program, point);
    const pairs = count + limits.filter(({ weight }) => weight !== undefined).length;
    const centre: Centre = { lower: new Float64Array(count), upper: new Float64Array(count) };
    for (let k = 0; k < count; k++) {
      centre.lower[k] = -point.slack[k]! * point.multiplier[k]!;
      centre.upper[k] = -point.excess[k]! * rest(limits[k]!, point.multiplier[k]!);
    }
    const affine = newton(off, centre, 1);
    const predicted = gapOf(program, moved(point, affine, Math.min(1, lengthOf(program, point, affine))));
    const sigma = gap === 0 ? 0 : (predicted / gap) ** 3;
    const target = pairs === 0 ? 0 : (sigma * gap) / pairs;
    for (let k = 0; k < count; k++) {
      centre.lower[k]! += target - affine.slack[k]! * affine.multiplier[k]!;
      if (limits[k]!.weight !== undefined) centre.upper[k]! += target + affine.excess[k]! * affine.multiplier[k]!;
    }
    const direction = newton(off, centre, ROUNDS);
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

function startOf({ linear, equal, limits, guess }: QuadraticProgram, larger: number): Point {
  if (guess !== undefined && larger === QUICK.start) return startAt(guess, equal.length, limits);
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

/** How near to its boundary a guess may begin, where a limit gives way and where it does not, and what slack times multiplier begins at. */
const NEAR_SOFT = 0.5;
const NEAR_STRICT = 0.01;
const FIRST_PRODUCT = 0.05;

/** What a limit leaves at the guess decides on which side of its weight the multiplier begins. */
function startAt(guess: Float64Array, equal: number, limits: readonly Limit[]): Point {
  const left = Float64Array.from(limits, (row) => row.bound - along(row, guess));
  const excess = Float64Array.from(limits, ({ weight }, k) =>
    weight === undefined ? 0 : Math.max(NEAR_SOFT, NEAR_SOFT - left[k]!),
  );
  const slack = Float64Array.from(limits, ({ weight }, k) =>
    weight === undefined ? Math.max(left[k]!, NEAR_STRICT) : left[k]! + excess[k]!,
  );
  return {
    x: guess.slice(),
    dual: new Float64Array(equal),
    slack,
    excess,
    multiplier: Float64Array.from(limits, ({ weight }, k) =>
      weight === undefined ? FIRST_PRODUCT / slack[k]! : (weight * excess[k]!) / (slack[k]! + excess[k]!),
    ),
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
  table: Table | undefined,
): ((off: Residuals, centre: Centre, rounds: number) => Point) | undefined {
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
  const weights = new Float64Array(table?.length ?? 0);
  limits.forEach((row, k) => {
    if (soft[k]! * STIFF <= 1 && row.coefficients.length > 1) coupled[k] = couplings.push({ row, soft: soft[k]! }) - 1;
    else if (row.at === undefined) weights[table!.place[k]!] = 1 / soft[k]!;
    else addOuter(matrix, row.at, row.coefficients, 1 / soft[k]!);
  });
  if (table !== undefined) addTable(matrix, table, weights);
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
    limits.forEach((row, k) => {
      if (coupled[k] === -1) addTo(sum, row, along(row, x) / soft[k]!);
    });
    couplings.forEach(({ row }, j) => {
      addTo(sum, row, duals[j]!);
    });
    return sum;
  };

  return (off, centre, rounds) => {
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

/** Adds `weight * row row'` to the lower triangle. */
function addOuter({ size, values }: Square, at: Int32Array, coefficients: Float64Array, weight: number): void {
  for (let i = 0; i < at.length; i++)
    for (let j = 0; j < at.length; j++)
      if (at[j]! <= at[i]!) values[at[i]! * size + at[j]!]! += weight * coefficients[i]! * coefficients[j]!;
}

/** The rows over all variables, variable by variable: what their outer products are summed of. */
interface Table {
  readonly size: number;
  /** Of rows. */
  readonly length: number;
  /** By limit: its row, where it has one here. */
  readonly place: Int32Array;
  /** By variable, then by row. */
  readonly values: Float64Array;
}

function tableOf({ linear, limits }: QuadraticProgram): Table | undefined {
  const size = linear.length;
  const place = new Int32Array(limits.length).fill(-1);
  let length = 0;
  limits.forEach(({ at }, k) => {
    if (at === undefined) place[k] = length++;
  });
  if (length === 0) return undefined;
  const values = new Float64Array(size * length);
  limits.forEach(({ coefficients }, k) => {
    const row = place[k]!;
    if (row >= 0) for (let i = 0; i < size; i++) values[i * length + row] = coefficients[i]!;
  });
  return { size, length, place, values };
}

/** The same for the rows of a table, each with its weight. */
function addTable(matrix: Square, { size, length, values }: Table, weights: Float64Array): void {
  const roots = weights.map(Math.sqrt);
  const series = new Float64Array(size * length);
  for (let i = 0; i < size; i++)
    for (let t = 0; t < length; t++) series[i * length + t] = values[i * length + t]! * roots[t]!;
  addProducts(matrix, series, length);
}

/** So many series stay near at hand while all others pass. */
const NEAR = 24;

/** Adds the products of any two series, which stand one after the other, to the lower triangle. */
function addProducts({ size, values }: Square, series: Float64Array, length: number): void {
  const tile = new Float64Array(9);
  for (let from = 0; from < size; from += NEAR)
    for (let i = from; i < size; i += 3) {
      const high = Math.min(3, size - i);
      for (let j = from; j <= i && j < from + NEAR; j += 3) {
        const wide = Math.min(3, size - j);
        multiplyThree(series, i * length, high, length, series, j * length, wide, length, length, tile);
        for (let p = 0; p < high; p++)
          for (let q = 0; q < wide; q++) if (j + q <= i + p) values[(i + p) * size + j + q]! += tile[3 * p + q]!;
      }
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
