import { times } from "./cholesky.ts";
import { type Centre, gapOf, lengthsOf, moved, type Point, type Residuals, rest } from "./interior-point.ts";
import { newtonOf } from "./newton-step.ts";
import type { Limit, QuadraticProgram } from "./program.ts";
import { addRows, addTo, along, alongRows, type Rows, rowsOf } from "./program-rows.ts";

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
/** A residual below it is near the end. */
const STIFF = 1e-6;
/** A residual above it is worth another attempt. */
const POOR = 1e-10;

/**
 * How much larger than the slope the first multipliers are, how far the way to the nearest boundary is gone, and which rows are too light to
 * count for the direction.
 */
interface Pace {
  readonly start: number;
  readonly reach: number;
  readonly light: number;
}

const QUICK: Pace = { start: 1, reach: 0.995, light: 0.2 };
const CAREFUL: Pace = { start: 10, reach: 0.9, light: 0 };

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

function attempt(program: QuadraticProgram, { start, reach, light }: Pace): Optimum {
  const { limits } = program;
  const count = limits.length;
  const rows = rowsOf(program.linear.length, limits);
  let point = startOf(program, rows, start);
  let best = point;
  let bestResidual = Number.POSITIVE_INFINITY;
  let stuck = 0;
  for (let step = 0; step < STEPS && stuck < 25; step++) {
    const off = residualsOf(program, rows, point);
    const residual = largestOf(program, off, point);
    if (!(residual < bestResidual * 0.9)) stuck++;
    else stuck = 0;
    if (residual < bestResidual) {
      best = point;
      bestResidual = residual;
    }
    if (residual <= ENOUGH || Number.isNaN(residual)) break;

    const newton = newtonOf(program, rows, point, light);
    if (newton === undefined) break;
    const gap = gapOf(program, point);
    const pairs = count + limits.filter(({ weight }) => weight !== undefined).length;
    const centre: Centre = { lower: new Float64Array(count), upper: new Float64Array(count) };
    for (let k = 0; k < count; k++) {
      centre.lower[k] = -point.slack[k]! * point.multiplier[k]!;
      centre.upper[k] = -point.excess[k]! * rest(limits[k]!, point.multiplier[k]!);
    }
    const affine = newton(off, centre, 1);
    const predicted = gapOf(program, moved(point, affine, lengthsOf(program, point, affine, 1)));
    const sigma = gap === 0 ? 0 : (predicted / gap) ** 3;
    const target = pairs === 0 ? 0 : (sigma * gap) / pairs;
    for (let k = 0; k < count; k++) {
      centre.lower[k]! += target - affine.slack[k]! * affine.multiplier[k]!;
      if (limits[k]!.weight !== undefined) centre.upper[k]! += target + affine.excess[k]! * affine.multiplier[k]!;
    }
    const rounds = residual > STIFF ? 1 : ROUNDS;
    const direction = centred(
      program,
      point,
      (residuals, towards) => newton(residuals, towards, rounds),
      off,
      centre,
      target,
    );
    const lengths = lengthsOf(program, point, direction, reach);
    if (!(Math.max(lengths.primal, lengths.dual) > 1e-14)) break;
    point = moved(point, direction, lengths);
  }
  return { x: best.x, multipliers: best.multiplier, residual: bestResidual };
}

/** How often a direction is mended, how much further it should then go, and how far products may then be from the target, either way. */
const MENDED = 2;
const FURTHER = 0.2;
const UNEQUAL = 10;

/**
 * The direction to the centre, mended as long as that lets the step go further: where a longer step would leave products far from the
 * target, it is asked to bring them back.
 *
 * @see Gondzio (1996), Multiple centrality corrections in a primal-dual method for linear programming
 */
function centred(
  program: QuadraticProgram,
  point: Point,
  newton: (off: Residuals, centre: Centre) => Point,
  off: Residuals,
  centre: Centre,
  target: number,
): Point {
  let direction = newton(off, centre);
  let lengths = lengthsOf(program, point, direction, 1);
  const { limits } = program;
  for (let attempt = 0; attempt < MENDED && Math.min(lengths.primal, lengths.dual) < 0.9; attempt++) {
    const far = moved(point, direction, {
      primal: Math.min(1, lengths.primal + FURTHER),
      dual: Math.min(1, lengths.dual + FURTHER),
    });
    const lower = centre.lower.slice();
    const upper = centre.upper.slice();
    const mend = (product: number): number =>
      Math.max(-UNEQUAL * target, Math.min(UNEQUAL * target, Math.max(target / UNEQUAL, product)) - product);
    limits.forEach((limit, k) => {
      lower[k]! += mend(far.slack[k]! * far.multiplier[k]!);
      if (limit.weight !== undefined) upper[k]! += mend(far.excess[k]! * rest(limit, far.multiplier[k]!));
    });
    const mended = newton(off, { lower, upper });
    const reached = lengthsOf(program, point, mended, 1);
    const gain = reached.primal + reached.dual - lengths.primal - lengths.dual;
    if (!(gain > 0.1 * FURTHER)) break;
    direction = mended;
    lengths = reached;
    centre = { lower, upper };
  }
  return direction;
}

function startOf({ linear, equal, limits, guess }: QuadraticProgram, rows: Rows, larger: number): Point {
  if (guess !== undefined && larger === QUICK.start) return startAt(guess, equal.length, limits, rows);
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
const NEAR_SOFT = 0.25;
const NEAR_STRICT = 0.01;
const FIRST_PRODUCT = 0.05;

/** What a limit leaves at the guess decides on which side of its weight the multiplier begins. */
function startAt(guess: Float64Array, equal: number, limits: readonly Limit[], rows: Rows): Point {
  const left = alongRows(rows, guess).map((value, k) => limits[k]!.bound - value);
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

function residualsOf({ quadratic, linear, equal, limits }: QuadraticProgram, rows: Rows, point: Point): Residuals {
  const { x, dual, slack, excess, multiplier } = point;
  const gradient = linear.slice();
  const curved = times(quadratic, x);
  for (let i = 0; i < curved.length; i++) gradient[i]! += curved[i]!;
  const offEqual = new Float64Array(equal.length);
  equal.forEach((row, k) => {
    addTo(gradient, row, dual[k]!);
    offEqual[k] = along(row, x) - row.bound;
  });
  addRows(gradient, rows, multiplier);
  const offLimits = alongRows(rows, x);
  for (let k = 0; k < limits.length; k++) offLimits[k]! += slack[k]! - excess[k]! - limits[k]!.bound;
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
