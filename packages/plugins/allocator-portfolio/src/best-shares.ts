import { type Square, square, times } from "./cholesky.ts";
import { beyond, type ShareLimit } from "./limits.ts";
import type { Limit } from "./program.ts";
import type { Row } from "./program-rows.ts";
import { solveProgram } from "./quadratic-program.ts";

/** What shares should be as small as possible in, and within what. */
export interface ShareProblem {
  /** `x' Q x / 2`. */
  readonly quadratic: Square;
  /** `linear . x`. */
  readonly linear: Float64Array;
  /** Adds the mean of the worst part of the portfolio's returns, as a loss. Series by strategy. */
  readonly tail?: { readonly returns: readonly Float64Array[]; readonly part: number };
  /** Divides the objective, which then has no linear part, by the square of `ratio . x`. Not with limits on changes. */
  readonly ratio?: Float64Array;
  /** `full`: as much of the budget as the limits let. */
  readonly invest: "full" | "at-most";
  readonly limits: readonly ShareLimit[];
  readonly held: Float64Array;
  /** Above 0. */
  readonly budget: number;
}

export interface BestShares {
  readonly shares: Float64Array;
  /** Limits without which the objective would be smaller, with what it loses per unit of the bound. */
  readonly binding: readonly { readonly limit: ShareLimit; readonly multiplier: number }[];
  /** Sentences: what of the limits could not be kept. */
  readonly gaveWay: readonly string[];
  /** Of the Karush-Kuhn-Tucker conditions, where the objective's largest coefficient is 1. */
  readonly residual: number;
}

/**
 * What it costs, where the objective's largest coefficient is 1, to leave budget idle, and to go beyond limits that can't be kept
 * together: more than any of them can gain, and no more than that, for what is left of rounding grows with it.
 */
const IDLE = 8;
const LESS_THAN_MIN = 64;
const MORE_THAN_CHANGE = 512;
/** A multiplier below it, and a distance above it, is rounding. */
const NOTHING = 1e-7;
/** A residual above it is no solution. */
const SOLVED = 1e-9;

/** The shares within the limits that make the objective smallest; undefined when it can't be found to within 1e-9. */
export function bestShares(problem: ShareProblem): BestShares | undefined {
  const { quadratic, limits, held, budget } = problem;
  const layout = layOut(problem);
  const { rows, declared, whole } = rowsOf(problem, layout);
  const solved = solveProgram({
    quadratic: curvature(quadratic, layout),
    linear: linearOf(problem, layout),
    equal: problem.ratio === undefined ? [] : [{ coefficients: problem.ratio, bound: 1 }],
    limits: rows,
    ...(problem.tail !== undefined && !layout.split && { guess: evenGuess(problem.tail, problem.budget, layout) }),
  });
  if (!(solved.residual <= SOLVED)) return undefined;
  const shares = sharesOf(problem, layout, solved.x);
  const multiplierOf = (k: number): number => (solved.multipliers[k]! < NOTHING ? 0 : solved.multipliers[k]!);
  const binding = limits.flatMap((limit, k) => {
    const multiplier = (multiplierOf(declared[k]!) * layout.scale) / rateOf(limit.rates);
    return multiplier > 0 ? [{ limit, multiplier }] : [];
  });
  if (problem.invest === "at-most" && multiplierOf(whole) > 0)
    binding.push({
      limit: { kind: "budget", name: "budget", bound: budget, at: Array.from(shares.keys()) },
      multiplier: multiplierOf(whole) * layout.scale,
    });
  const gaveWay = limits.flatMap((limit) => {
    const distance = beyond(limit, shares, held);
    return distance > NOTHING ? [`The limit ${limit.name} (${limit.bound}) is missed by ${round(distance)}`] : [];
  });
  const sum = shares.reduce((total, share) => total + share, 0);
  if (problem.invest === "full" && sum < budget - NOTHING)
    gaveWay.push(`The limits let only ${round(sum)} of the budget of ${budget} be shared out`);
  return { shares, binding, gaveWay, residual: solved.residual };
}

/** Which variable is what. Changes are what is bought and what is sold, so that a price on them has no corner. */
interface Layout {
  readonly size: number;
  readonly split: boolean;
  /** Stands for 1 where the objective is a ratio: the shares are then the other variables divided by it. */
  readonly one?: number;
  /** The value at risk. */
  readonly threshold?: number;
  readonly variables: number;
  readonly scale: number;
}

function layOut({ quadratic, linear, tail, ratio, limits }: ShareProblem): Layout {
  const size = linear.length;
  const split = ratio === undefined && limits.some(({ rates }) => rates !== undefined);
  let variables = split ? 2 * size : size;
  const one = ratio === undefined ? undefined : variables++;
  const threshold = tail === undefined ? undefined : variables++;
  let scale = 0;
  const see = (value: number): void => {
    scale = Math.max(scale, Math.abs(value));
  };
  quadratic.values.forEach(see);
  linear.forEach(see);
  for (const series of tail?.returns ?? []) scale = Math.max(scale, spreadOf(series));
  return {
    size,
    split,
    ...(one !== undefined && { one }),
    ...(threshold !== undefined && { threshold }),
    variables,
    scale: scale === 0 ? 1 : scale,
  };
}

type Terms = readonly (readonly [variable: number, coefficient: number])[];

/** A row over shares as one over variables. */
function rowOver({ held }: ShareProblem, { size, split, one }: Layout, terms: Terms, bound: number): Row {
  const entries: [number, number][] = [];
  let left = bound;
  for (const [i, coefficient] of terms) {
    entries.push([i, coefficient]);
    if (!split) continue;
    entries.push([size + i, -coefficient]);
    left -= coefficient * held[i]!;
  }
  if (one !== undefined && left !== 0) entries.push([one, -left]);
  return {
    at: Int32Array.from(entries, ([variable]) => variable),
    coefficients: Float64Array.from(entries, ([, coefficient]) => coefficient),
    bound: one === undefined ? left : 0,
  };
}

function rowsOf(problem: ShareProblem, layout: Layout) {
  const { tail, limits, held, budget } = problem;
  const { size, split, threshold, scale } = layout;
  const rows: Limit[] = [];
  const unit = (variable: number, coefficient: number, bound: number): Row => ({
    at: Int32Array.of(variable),
    coefficients: Float64Array.of(coefficient),
    bound,
  });
  const over = (at: readonly number[], sign: number, bound: number): Row =>
    rowOver(
      problem,
      layout,
      at.map((i) => [i, sign]),
      bound,
    );
  for (let i = 0; i < size; i++) {
    rows.push(unit(i, -1, 0));
    // Nothing is sold that is not held, so that no share falls below 0.
    if (split) rows.push(unit(size + i, -1, 0), unit(size + i, 1, held[i]!));
  }
  const everything = Array.from({ length: size }, (_, i) => i);
  const whole = rows.push(over(everything, 1, budget)) - 1;
  const declared = limits.map(({ kind, at, rates, bound }): number => {
    if (kind === "min") return rows.push({ ...over(at, -1, -bound), weight: LESS_THAN_MIN }) - 1;
    if (rates === undefined) return rows.push(over(at, 1, bound)) - 1;
    const moves = [...at, ...at.map((i) => size + i)];
    const unitRate = rateOf(rates);
    const coefficients = Float64Array.from([...rates, ...rates], (rate) => rate / unitRate);
    return (
      rows.push({ at: Int32Array.from(moves), coefficients, bound: bound / unitRate, weight: MORE_THAN_CHANGE }) - 1
    );
  });
  if (tail !== undefined && threshold !== undefined) {
    const periods = tail.returns[0]?.length ?? 0;
    for (let t = 0; t < periods; t++) {
      const coefficients = new Float64Array(layout.variables);
      let bound = 0;
      tail.returns.forEach((series, i) => {
        const loss = -series[t]! / scale;
        coefficients[i] = loss;
        if (!split) return;
        coefficients[size + i] = -loss;
        bound -= loss * held[i]!;
      });
      coefficients[threshold] = -1;
      rows.push({ coefficients, bound, weight: 1 / (tail.part * periods) });
    }
  }
  return { rows, declared, whole };
}

/** Even shares, and the loss that only the worst part of their sessions goes beyond. */
function evenGuess(
  { returns, part }: NonNullable<ShareProblem["tail"]>,
  budget: number,
  { size, variables, threshold, scale }: Layout,
): Float64Array {
  const share = budget / size;
  const guess = new Float64Array(variables);
  guess.fill(share, 0, size);
  const periods = returns[0]?.length ?? 0;
  const losses = new Float64Array(periods);
  for (const series of returns) for (let t = 0; t < periods; t++) losses[t]! -= (share * series[t]!) / scale;
  losses.sort();
  guess[threshold!] = losses[Math.min(periods - 1, Math.floor((1 - part) * periods))] ?? 0;
  return guess;
}

/** What a limit's row is divided by, so that its entries are around 1. */
function rateOf(rates: readonly number[] = []): number {
  return rates.reduce((most, rate) => Math.max(most, rate), 0) || 1;
}

function linearOf(
  { quadratic, linear, held, invest, budget }: ShareProblem,
  { size, split, one, threshold, variables, scale }: Layout,
): Float64Array {
  // The shares are at most the budget in all, so that what is idle is the budget less their sum.
  const idle = invest === "full" ? IDLE : 0;
  const vector = new Float64Array(variables);
  const offset = split ? times(quadratic, held) : new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const value = (linear[i]! + offset[i]!) / scale - idle;
    vector[i] = value;
    if (split) vector[size + i] = -value;
  }
  if (one !== undefined) vector[one] = idle * budget;
  if (threshold !== undefined) vector[threshold] = 1;
  return vector;
}

function sharesOf({ held, budget, limits }: ShareProblem, { size, split, one }: Layout, x: Float64Array): Float64Array {
  const shares = Float64Array.from({ length: size }, (_, i) => {
    const value = split ? held[i]! + x[i]! - x[size + i]! : x[i]! / (one === undefined ? 1 : x[one]!);
    return value < SOLVED ? 0 : value;
  });
  for (const { kind, at, rates, bound } of limits)
    if (rates === undefined && kind === "max" && at.length === 1) shares[at[0]!] = Math.min(shares[at[0]!]!, bound);
  const sum = shares.reduce((total, share) => total + share, 0);
  return sum > budget ? shares.map((share) => (share * budget) / sum) : shares;
}

function curvature(quadratic: Square, { split, scale }: Layout): Square {
  if (quadratic.values.every((value) => value === 0)) return square(0);
  return split ? mirrored(scaled(quadratic, 1 / scale)) : scaled(quadratic, 1 / scale);
}

function scaled({ size, values }: Square, by: number): Square {
  return { size, values: values.map((value) => value * by) };
}

/** `[Q, -Q; -Q, Q]`. */
function mirrored({ size, values }: Square): Square {
  const wide = square(2 * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      const value = values[i * size + j]!;
      wide.values[i * 2 * size + j] = value;
      wide.values[(size + i) * 2 * size + size + j] = value;
      wide.values[i * 2 * size + size + j] = -value;
      wide.values[(size + i) * 2 * size + j] = -value;
    }
  return wide;
}

/** Root of the mean square. */
function spreadOf(series: Float64Array): number {
  return Math.sqrt(series.reduce((sum, value) => sum + value * value, 0) / Math.max(1, series.length));
}

export function round(value: number): number {
  return Number(value.toPrecision(4));
}
